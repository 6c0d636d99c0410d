import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Drop,
  deployedModelIdOf,
  dropIdOf,
  effectKeyOf,
  rejectIdOf,
  runIdOf,
  sha256Hex,
} from '../../../shared/domain/ids.ts';

/** Few and treacherous characters, so that causes are often equal and often differ only in where one part ends. */
const anyText = fc.string({unit: fc.constantFrom('a', '"', ',', '\\', '/', '1'), maxLength: 3});

const anyDrop: fc.Arbitrary<Drop> = fc.record({
  bucket: anyText,
  name: anyText,
  generation: fc.constantFrom('1', '11', '1767225600000002'),
  epoch: fc.constantFrom(0, 1, 11),
});

describe('runIdOf', () => {
  it('follows from bucket, name, generation and epoch alone', () => {
    const drop = {
      bucket: 'the-data',
      name: 'flowers/data/flowers.csv',
      generation: '1767225600000002',
      epoch: 0,
    };

    assert.equal(runIdOf(drop), 'r1bbcd2d5alrrnn1c2irqh3i3l0');
    assert.equal(runIdOf({...drop, ...{sizeBytes: 7}}), runIdOf(drop));
  });

  it('always gives 27 characters that every service takes', () => {
    fc.assert(
      fc.property(anyDrop, (drop) => {
        assert.match(runIdOf(drop), /^r[0-9a-v]{26}$/);
      }),
    );
  });

  it('is equal for equal causes only', () => {
    fc.assert(
      fc.property(anyDrop, anyDrop, (one, other) => {
        const areEqual =
          one.bucket === other.bucket &&
          one.name === other.name &&
          one.generation === other.generation &&
          one.epoch === other.epoch;
        assert.equal(runIdOf(one) === runIdOf(other), areEqual);
      }),
      {numRuns: 500},
    );
  });

  it('is another for every rerun', () => {
    const drop = {bucket: 'b', name: 'n', generation: '1'};
    const ids = Array.from({length: 100}, (_, epoch) => runIdOf({...drop, epoch}));

    assert.equal(new Set(ids).size, 100);
  });
});

describe('rejectIdOf', () => {
  it('is the same for the same event only', () => {
    assert.equal(rejectIdOf('//source', 'subject'), 'x0unvijl5rs86v0vju3slfq7u4g');
    assert.notEqual(rejectIdOf('//sources', 'ubject'), rejectIdOf('//source', 'subject'));
  });

  it('is never a run id', () => {
    fc.assert(
      fc.property(anyText, anyText, (source, id) => {
        assert.match(rejectIdOf(source, id), /^x[0-9a-v]{26}$/);
      }),
    );
  });
});

describe('deployedModelIdOf', () => {
  it('has at most ten digits, as Vertex AI demands', () => {
    fc.assert(
      fc.property(fc.string(), (runId) => {
        assert.match(deployedModelIdOf(runId), /^\d{1,10}$/);
      }),
    );
  });

  it('follows from the run', () => {
    assert.equal(deployedModelIdOf('rabc'), '2867496884');
    assert.notEqual(deployedModelIdOf('rabd'), deployedModelIdOf('rabc'));
  });
});

describe('effectKeyOf', () => {
  it('fits into a label for every effect of a run', () => {
    const runId = runIdOf({bucket: 'b', name: 'n', generation: '1', epoch: 0});

    for (const effect of ['tune', 'train', 'version']) {
      assert.match(effectKeyOf(runId, effect), /^r[0-9a-v]{26}-[a-z]{4,17}$/);
    }
  });
});

describe('sha256Hex', () => {
  it('agrees with the published digest of the empty text', () => {
    assert.equal(sha256Hex(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

describe('dropIdOf', () => {
  it('follows from bucket and name alone', () => {
    assert.match(dropIdOf({bucket: 'a', name: 'b'}), /^d[0-9a-v]{26}$/);
    assert.notEqual(dropIdOf({bucket: 'a', name: 'b'}), dropIdOf({bucket: 'a', name: 'c'}));
    assert.notEqual(dropIdOf({bucket: 'a/b', name: 'c'}), dropIdOf({bucket: 'a', name: 'b/c'}));
  });
});

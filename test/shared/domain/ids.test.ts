import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  batchIdOf,
  type Drop,
  deployedModelIdOf,
  dropIdOf,
  effectKeyOf,
  rejectIdOf,
  runIdOf,
  sha256Hex,
  traceIdOf,
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

describe('batchIdOf', () => {
  const drop = {bucket: 'the-data', name: 'flowers/ask.csv', generation: '1767225600000002'};

  it('follows from the object and the version that is asked', () => {
    assert.equal(batchIdOf(drop, '3'), 'b19cg09vu5tp456l6pr1frjht93');
  });

  it('is another for each generation and version', () => {
    const ids = [
      batchIdOf(drop, '3'),
      batchIdOf(drop, '4'),
      batchIdOf({...drop, generation: '1767225600000003'}, '3'),
    ];

    assert.equal(new Set(ids).size, 3);
  });
});

describe('traceIdOf', () => {
  it('follows from the run, for stages that know nothing of each other share it', () => {
    assert.equal(traceIdOf('rabc'), '13292624f21555da5e0983bbb3bf8ce2');
    assert.notEqual(traceIdOf('rabd'), traceIdOf('rabc'));
  });

  it('is no trace id that W3C calls invalid', () => {
    fc.assert(
      fc.property(fc.string(), (runId) => {
        assert.match(traceIdOf(runId), /^(?!0{32})[0-9a-f]{32}$/);
      }),
    );
  });
});

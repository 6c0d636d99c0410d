import assert from 'node:assert/strict';
import {trainerEffectKey, trainerImageOf} from '../../../shared/domain/trainer-image.ts';

const DIGEST = '0123456789abcdef'.repeat(4);
const SHORT = DIGEST.slice(0, 40);

describe('trainerImageOf', () => {
  it('names source, tag and build effect by the digest of the source', () => {
    assert.deepEqual(trainerImageOf('flowers', `trainer/${DIGEST}.tar.gz`), {
      sourceObject: `flowers/trainer/${DIGEST}.tar.gz`,
      tag: `src-${SHORT}`,
      effectKey: `img-${SHORT}`,
    });
  });

  it('gives two pipelines with one trainer one image', () => {
    const [one, other] = ['flowers', 'weeds'].map((name) => trainerImageOf(name, `trainer/${DIGEST}.tar.gz`));

    assert.equal(one?.tag, other?.tag);
    assert.equal(one?.effectKey, other?.effectKey);
  });

  const unpinned = [
    undefined,
    '',
    'trainer/',
    'trainer/latest.tar.gz',
    `trainer/${DIGEST}`,
    `trainer/${DIGEST.toUpperCase()}.tar.gz`,
    `trainer/${DIGEST}.tar.gz\n`,
    `../other/trainer/${DIGEST}.tar.gz`,
  ];
  for (const source of unpinned) {
    it(`refuses ${JSON.stringify(source)}, which pins no source`, () => {
      assert.throws(() => trainerImageOf('flowers', source), {
        code: 'TRAINER_UNPINNED',
        where: 'flowers/pipeline.yaml',
        hint: /millrace push/,
      });
    });
  }
});

describe('trainerEffectKey', () => {
  it('leads from the tag back to the effect', () => {
    const {tag, effectKey} = trainerImageOf('flowers', `trainer/${DIGEST}.tar.gz`);

    assert.equal(trainerEffectKey(tag), effectKey);
  });

  it('knows no tag of others', () => {
    for (const tag of ['latest', '', `src-${SHORT}0`, `src-${SHORT.slice(1)}`, `my-src-${SHORT}`]) {
      assert.equal(trainerEffectKey(tag), undefined, tag);
    }
  });
});

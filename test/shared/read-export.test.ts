import assert from 'node:assert/strict';
import {readExport} from '../../shared/read-export.ts';
import {BUCKETS, emptyWorld, memoryPorts} from '../support/memory-ports.ts';
import {putObject} from '../support/story.ts';

const DIR = `gs://${BUCKETS.runs}/flowers/r1/train/model/`;
const EVALUATION = {
  rows: 6,
  metrics: {accuracy: 0.9},
  model: {file: 'model.joblib', sha256: 'c'.repeat(64), bytes: 5},
};

function exported(files: Record<string, string>) {
  const world = emptyWorld();
  for (const [name, text] of Object.entries(files)) {
    putObject(world, `flowers/r1/train/model/${name}`, Buffer.from(text));
  }
  return memoryPorts(world);
}

describe('readExport', () => {
  it('gives the evaluation of a model that is there', async () => {
    const ports = exported({'evaluation.json': JSON.stringify(EVALUATION), 'model.joblib': 'model'});

    assert.deepEqual(await readExport(DIR, ports), EVALUATION);
  });

  it('refuses an export without an evaluation', async () => {
    await assert.rejects(readExport(DIR, exported({'model.joblib': 'model'})), {
      code: 'EXPORT_MISSING',
      where: DIR,
      hint: /AIP_MODEL_DIR/,
    });
  });

  const changed = (change: object) => JSON.stringify({...EVALUATION, ...change});
  const {model} = EVALUATION;
  const broken: Record<string, readonly [string, RegExp]> = {
    'is no JSON': ['accuracy: 0.9', /^evaluation\.json is not JSON: /],
    'says NaN, as Python does': ['{"rows": 6, "metrics": {"accuracy": NaN}}', /is not JSON: .*NaN/],
    'is a list': ['[]', /^evaluation\.json: file: /],
    'has no rows': [changed({rows: 0}), /^evaluation\.json: rows: /],
    'has a metric in quotes': [
      changed({metrics: {accuracy: '0.9'}}),
      /^evaluation\.json: metrics\.accuracy: /,
    ],
    'names a model elsewhere': [changed({model: {...model, file: '../model.joblib'}}), /model\.file: /],
    'names a model that is not there': [
      changed({model: {...model, file: 'other.joblib'}}),
      /other\.joblib with 5 bytes, found no such object/,
    ],
    'speaks of a model of another size': [
      changed({model: {...model, bytes: 6}}),
      /model\.joblib with 6 bytes, found 5/,
    ],
    'is too large to be read': [`${changed({})}${' '.repeat(1024 * 1024)}`, /at most 1 MiB is read/],
  };
  for (const [title, [text, message]] of Object.entries(broken)) {
    it(`refuses an evaluation that ${title}`, async () => {
      await assert.rejects(readExport(DIR, exported({'evaluation.json': text, 'model.joblib': 'model'})), {
        code: 'EXPORT_INVALID',
        message,
        where: DIR,
        hint: /./,
      });
    });
  }
});

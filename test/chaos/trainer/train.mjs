import {createHash} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {parseArgs} from 'node:util';

// A trainer that keeps the contract of trainer/train.py and costs nothing: it learns nothing and answers with the rows it is asked.

const {values: flags} = parseArgs({strict: false, allowNegative: true});
const metrics = {accuracy: 0.9};
/** A pickled `SimpleNamespace(predict=list)`, which the model server takes for a model. */
const MODEL = Buffer.from(
  'gAJjdHlwZXMKU2ltcGxlTmFtZXNwYWNlCnEAKVJxAX1xAlgHAAAAcHJlZGljdHEDY19fYnVpbHRpbl9fCmxpc3QKcQRzYi4=',
  'base64',
);

/** @returns the status of the answer */
async function create(uri, content, condition = '') {
  const [bucket, name] = split(uri);
  const query = `uploadType=media&name=${encodeURIComponent(name)}${condition}`;
  const url = `${process.env.STORAGE_EMULATOR_HOST}/upload/storage/v1/b/${bucket}/o?${query}`;
  const {status} = await fetch(url, {method: 'POST', body: content});
  if (status !== 200 && status !== 412) throw new Error(`creating ${uri}: ${status}`);
  return status;
}

async function read(uri) {
  const [bucket, name] = split(uri);
  const url = `${process.env.STORAGE_EMULATOR_HOST}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`;
  return (await fetch(url)).text();
}

function split(uri) {
  const [bucket, ...name] = uri.slice('gs://'.length).split('/');
  return [bucket, name.join('/')];
}

async function mayWork(admission) {
  const isFirst = (await create(admission, 'entered', '&ifGenerationMatch=0')) === 200;
  return isFirst || (await read(admission)) !== 'revoked';
}

async function tune() {
  const report = {accuracy: String(metrics.accuracy), global_step: '1', trial: '1', timestamp: 0};
  await writeFile(process.env.CLOUD_ML_HP_METRIC_FILE, `${JSON.stringify(report)}\n`);
}

async function train(folder) {
  const sha256 = createHash('sha256').update(MODEL).digest('hex');
  const model = {file: 'model.joblib', sha256, bytes: MODEL.length};
  const champion = flags.champion_model_dir ? {metrics} : null;
  await create(`${folder}model.joblib`, MODEL);
  await create(`${folder}evaluation.json`, JSON.stringify({rows: 9, metrics, champion, model}));
}

if (await mayWork(flags.admission_object)) {
  await (flags.hptune ? tune() : train(process.env.AIP_MODEL_DIR));
} else console.log('nothing to do');

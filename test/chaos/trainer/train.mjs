import {createHash} from 'node:crypto';
import {writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {json} from 'node:stream/consumers';
import {parseArgs} from 'node:util';

// A trainer that keeps the contract of trainer/train.py and costs nothing: it learns nothing and answers with the rows it is asked.
// Started as the server of its own model it takes no second of processor time, where Python needs that to load its libraries.

const {values: flags} = parseArgs({strict: false, allowNegative: true});
const metrics = {accuracy: 0.9};
const MODEL = Buffer.from('the rows themselves');

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
  const model = {file: 'model.txt', sha256, bytes: MODEL.length};
  const champion = flags.champion_model_dir ? {metrics} : null;
  await create(`${folder}model.txt`, MODEL);
  await create(`${folder}evaluation.json`, JSON.stringify({rows: 9, metrics, champion, model}));
}

/** Healthy when the model is there, as it was exported. */
async function serve({AIP_STORAGE_URI, AIP_HTTP_PORT, AIP_HEALTH_ROUTE}) {
  const folder = `${AIP_STORAGE_URI.replace(/\/$/, '')}/`;
  if ((await read(`${folder}model.txt`)) !== MODEL.toString()) throw new Error(`no model in ${folder}`);
  createServer(async (request, response) => {
    const answer = request.url === AIP_HEALTH_ROUTE ? {} : {predictions: (await json(request)).instances};
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  }).listen(Number(AIP_HTTP_PORT));
}

async function work() {
  if (!(await mayWork(flags.admission_object))) return console.log('nothing to do');
  await (flags.hptune ? tune() : train(process.env.AIP_MODEL_DIR));
}

await (process.argv[2] === 'serve' ? serve(process.env) : work());

import {createHash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {InputError} from './input-error.ts';
import {evaluate, type Model, type Scores, train} from './model.ts';
import {createObject, readObject, writeObject} from './objects.ts';
import {modelServer} from './server.ts';
import {parseTable, type Table} from './table.ts';

const MODEL_FILE = 'model.json';
const TEXT = {type: 'string'} as const;
const FLAG = {type: 'boolean'} as const;
const OPTIONS = {
  training_dataset_path: TEXT,
  validation_dataset_path: TEXT,
  test_dataset_path: TEXT,
  label: TEXT,
  learning_rate: {...TEXT, default: '0.1'},
  epochs: {...TEXT, default: '200'},
  decay: {...TEXT, default: '0.001'},
  champion_model_dir: TEXT,
  admission_object: TEXT,
  hptune: FLAG,
  nohptune: FLAG,
};

type Flags = ReturnType<typeof parseFlags>;

function parseFlags(args: string[]) {
  return parseArgs({args, options: OPTIONS}).values;
}

/** Enters, unless whoever started this container has given it up meanwhile. Trials of one job enter together. */
async function mayWork({admission_object: admission}: Flags): Promise<boolean> {
  if (admission === undefined || (await createObject(admission, 'entered'))) return true;
  return (await readObject(admission)).toString().trim() !== 'revoked';
}

async function readTable(path: string | undefined, {label = ''}: Flags): Promise<Table> {
  if (path === undefined) throw new InputError('a dataset path is missing');
  return parseTable((await readObject(path)).toString(), path, label);
}

async function trainModel(flags: Flags): Promise<Model> {
  return train(await readTable(flags.training_dataset_path, flags), {
    learningRate: Number(flags.learning_rate),
    epochs: Number(flags.epochs),
    decay: Number(flags.decay),
  });
}

/** Reports as cloudml-hypertune does: one JSON line, numbers as text. */
async function tune(flags: Flags): Promise<void> {
  const {accuracy, log_loss} = evaluate(
    await trainModel(flags),
    await readTable(flags.validation_dataset_path, flags),
  );
  const trial = process.env.CLOUD_ML_TRIAL_ID;
  const report = {accuracy: String(accuracy), log_loss: String(log_loss), global_step: '1', trial};
  const path = process.env.CLOUD_ML_HP_METRIC_FILE ?? '/tmp/hypertune/output.metrics';
  writeFileSync(path, `${JSON.stringify(report)}\n`);
}

/** Writes the model, then its evaluation beside the champion's on the same test rows. */
async function exportModel(flags: Flags): Promise<void> {
  const folder = process.env.AIP_MODEL_DIR ?? '';
  const model = await trainModel(flags);
  const test = await readTable(flags.test_dataset_path, flags);
  const content = JSON.stringify(model);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const evaluation = {
    rows: test.rows.length,
    metrics: evaluate(model, test),
    ...(await scoreChampion(flags, test)),
    model: {file: MODEL_FILE, sha256, bytes: Buffer.byteLength(content)},
  };
  await writeObject(`${folder}${MODEL_FILE}`, content);
  await writeObject(`${folder}evaluation.json`, JSON.stringify(evaluation));
  console.log(JSON.stringify(evaluation.metrics));
}

async function scoreChampion(
  {champion_model_dir: folder}: Flags,
  test: Table,
): Promise<{champion?: {metrics: Scores}; champion_error?: string}> {
  if (folder === undefined) return {};
  try {
    return {champion: {metrics: evaluate(await loadModel(folder), test)}};
  } catch (error) {
    return {champion_error: `the model in ${folder} cannot score these rows: ${error}`};
  }
}

async function loadModel(folder: string): Promise<Model> {
  return JSON.parse((await readObject(`${folder.replace(/\/$/, '')}/${MODEL_FILE}`)).toString());
}

/** https://cloud.google.com/vertex-ai/docs/predictions/custom-container-requirements */
async function serve(): Promise<void> {
  const {AIP_STORAGE_URI = '', AIP_HEALTH_ROUTE = '', AIP_PREDICT_ROUTE = '', AIP_HTTP_PORT} = process.env;
  const routes = {health: AIP_HEALTH_ROUTE, predict: AIP_PREDICT_ROUTE};
  modelServer(await loadModel(AIP_STORAGE_URI), routes).listen(Number(AIP_HTTP_PORT));
}

async function work(flags: Flags): Promise<void> {
  if (!(await mayWork(flags)))
    return console.log(`nothing to do: ${flags.admission_object} says that another job does this work`);
  await (flags.hptune ? tune(flags) : exportModel(flags));
}

const args = process.argv.slice(2);
try {
  await (args[0] === 'serve' ? serve() : work(parseFlags(args)));
} catch (error) {
  if (!(error instanceof InputError)) console.error(error);
  // Last, since the last line is what a run tells.
  console.error(`main.ts: error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

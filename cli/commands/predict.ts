import {Command} from 'commander';
import {type Answer, askModel} from '../ask-model.ts';
import {columns, type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';
import {type Batch, followBatch, predictBatch} from '../predict-batch.ts';

interface Flags extends GlobalFlags {
  readonly batch?: string;
  readonly wait?: true;
}

export const predict = new Command('predict')
  .description('ask the served model about the rows of a file, or the champion about an object of any size')
  .argument('<pipeline>', 'pipeline whose model answers')
  .argument(
    '[file]',
    'CSV with a header, or JSON Lines; a label is left out of the question and shown beside the answer',
  )
  .option('--batch <object>', 'gs://bucket/object with the rows; predictions are written beside it')
  .option('--wait', 'with --batch, wait until all rows are predicted')
  .action(async (pipeline: string, file: string | undefined, _: unknown, command: Command) => {
    const {batch: uri, wait, json} = command.optsWithGlobals<Flags>();
    if (uri !== undefined && file === undefined) {
      const ports = portsFromEnvironment();
      const begun = await predictBatch(pipeline, uri, ports);
      const batch = wait ? await followBatch(pipeline, begun, ports) : begun;
      return tell(toldOf(batch), json, () => describeBatch(batch));
    }
    if (file === undefined || uri !== undefined || wait)
      command.error('error: give either a file, or --batch with an object');
    tell(await askModel(pipeline, file, portsFromEnvironment()), json, describe);
  });

function describe({version, rows}: Answer): string {
  const table = rows.map(({label, prediction}) => [label ?? '', String(prediction)]);
  return `${columns([['label', 'prediction'], ...table])}\nanswered by version ${version}`;
}

function toldOf({job, version, folder, earlier}: Batch) {
  const {name, state, rows, resultsUri = folder} = job;
  return {version, job: name, state, results: resultsUri, ...rows, ...(earlier && {earlier})};
}

function describeBatch({job, version, folder, earlier}: Batch): string {
  const before = earlier === undefined ? [] : [`An earlier job came to nothing: ${earlier}`];
  if (job.state !== 'succeeded') {
    const state = `Version ${version} predicts the rows: ${job.state}, ${job.name}`;
    return [
      ...before,
      state,
      `Predictions will be under ${folder}/`,
      'See how far it is: type this again.',
    ].join('\n');
  }
  const {predicted = 0, failed = 0} = job.rows ?? {};
  const counts = `Version ${version} predicted ${predicted} rows; ${failed} failed.`;
  const errors = failed > 0 ? ['Why rows failed is in the files prediction.errors_stats-* there.'] : [];
  return [...before, counts, `Predictions: ${job.resultsUri ?? folder}/`, ...errors].join('\n');
}

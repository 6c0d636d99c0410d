import {readFile} from 'node:fs/promises';
import {Command} from 'commander';
import {parseRows} from '../../shared/domain/instances.ts';
import {servedBy} from '../../shared/domain/serving.ts';
import {PermanentError} from '../../shared/errors.ts';
import {factOf} from '../../shared/find-run.ts';
import {platformOf} from '../../shared/platform-of.ts';
import {assertFile} from '../assert-file.ts';
import {columns, type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';

const RUNS_LOOKED_AT = 100;

interface Answer {
  readonly version: string;
  readonly rows: readonly {readonly label?: string; readonly prediction: unknown}[];
}

export const predict = new Command('predict')
  .description('ask the served model about the rows of a file')
  .argument('<pipeline>', 'pipeline whose model answers')
  .argument(
    '<file>',
    "rows in the pipeline's format; a label column is left out of the question and shown beside the answer",
  )
  .action(async (pipeline: string, file: string, _: unknown, command: Command) => {
    tell(await ask(pipeline, file), command.optsWithGlobals<GlobalFlags>().json, describe);
  });

async function ask(name: string, file: string): Promise<Answer> {
  const ports = portsFromEnvironment();
  await assertFile(file);
  const runs = await ports.runs.list({pipeline: name, limit: RUNS_LOOKED_AT});
  const released = runs.find(({state}) => state === 'released');
  if (released === undefined) {
    throw new PermanentError('NOTHING_SERVED', `no run of pipeline "${name}" was released`, {
      hint: `See what happened: npx millrace runs --pipeline ${name}`,
    });
  }
  const {pipeline} = factOf(released, 'definition');
  const {instances, labels} = parseRows(await readFile(file), pipeline.data, true);
  const {models} = platformOf(released, ports);
  const {predictions, version} = await models.predict(servedBy(pipeline).endpoint, instances);
  const rows = predictions.map((prediction, index) => {
    const label = labels[index];
    return label === undefined ? {prediction} : {label, prediction};
  });
  return {version, rows};
}

function describe({version, rows}: Answer): string {
  const table = rows.map(({label, prediction}) => [label ?? '', String(prediction)]);
  return `${columns([['label', 'prediction'], ...table])}\nanswered by version ${version}`;
}

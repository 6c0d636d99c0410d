import {Command} from 'commander';
import {type Answer, askModel} from '../ask-model.ts';
import {columns, type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';

export const predict = new Command('predict')
  .description('ask the served model about the rows of a file')
  .argument('<pipeline>', 'pipeline whose model answers')
  .argument(
    '<file>',
    'CSV with a header, or JSON Lines; a label is left out of the question and shown beside the answer',
  )
  .action(async (pipeline: string, file: string, _: unknown, command: Command) => {
    const answer = await askModel(pipeline, file, portsFromEnvironment());
    tell(answer, command.optsWithGlobals<GlobalFlags>().json, describe);
  });

function describe({version, rows}: Answer): string {
  const table = rows.map(({label, prediction}) => [label ?? '', String(prediction)]);
  return `${columns([['label', 'prediction'], ...table])}\nanswered by version ${version}`;
}

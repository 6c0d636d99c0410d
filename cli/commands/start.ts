import {randomUUID} from 'node:crypto';
import {Command} from 'commander';
import {type GlobalFlags, tell} from '../output.ts';
import {rerunFromEnvironment} from '../ports.ts';

interface Flags extends GlobalFlags {
  readonly pipeline: string;
  readonly snapshot: string;
}

export const start = new Command('start')
  .description('start a run on a table of BigQuery as it was at an instant')
  .argument('<table>', 'bq://project.dataset.table')
  .requiredOption('--pipeline <name>', 'the pipeline that the table is for')
  .requiredOption('--snapshot <instant>', 'the instant to read it at, e.g. 2026-01-31T12:00:00Z')
  .action(async (table: string, _: unknown, command: Command) => {
    const {pipeline, snapshot, json} = command.optsWithGlobals<Flags>();
    const body = {action: 'start', pipeline, table, snapshot};
    const answer = await rerunFromEnvironment().ask(body, randomUUID());
    tell(answer, json, ({run}) =>
      [`Run ${run} reads ${table} as of ${snapshot}.`, `Follow it: npx millrace show ${run}`].join('\n'),
    );
  });

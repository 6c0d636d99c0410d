import {Command} from 'commander';
import type {Run} from '../../shared/domain/run.ts';
import type {Reject} from '../../shared/ports.ts';
import {columns, type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';

const LIMIT = 30;

interface Flags extends GlobalFlags {
  readonly pipeline?: string;
  readonly rejects?: true;
}

export const runs = new Command('runs')
  .description('list the newest runs')
  .option('--pipeline <name>', 'only of this pipeline')
  .option('--rejects', 'list instead what could not become a run, and why')
  .action(async (_: unknown, command: Command) => {
    const {pipeline, rejects, json} = command.optsWithGlobals<Flags>();
    const ports = portsFromEnvironment();
    if (rejects) return tell(await ports.runs.listRejects(LIMIT), json, describeRejects);
    const filter = pipeline === undefined ? {limit: LIMIT} : {pipeline, limit: LIMIT};
    tell(await ports.runs.list(filter), json, describeRuns);
  });

function describeRuns(found: readonly Run[]): string {
  if (found.length === 0) return 'No runs yet. Start one: npx millrace drop FILE --pipeline NAME --watch';
  const rows = found.map(({id, pipeline, state, createdAt, input, release, failure}) => [
    id,
    pipeline,
    state,
    createdAt.slice(0, 19).replace('T', ' '),
    input.name.split('/').at(-1) ?? '',
    failure?.message ?? release?.sentence ?? '',
  ]);
  return columns([['run', 'pipeline', 'state', 'accepted (UTC)', 'data', ''], ...rows]);
}

function describeRejects(found: readonly Reject[]): string {
  if (found.length === 0) return 'Nothing was rejected.';
  const rows = found.map(({lastSeen, count, source, complaint}) => [
    lastSeen.slice(0, 19).replace('T', ' '),
    String(count),
    complaint.code,
    source,
    complaint.message,
  ]);
  return columns([['last seen (UTC)', 'times', 'code', 'what', 'why'], ...rows]);
}

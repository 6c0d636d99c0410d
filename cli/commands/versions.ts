import {Command} from 'commander';
import {type Crowning, crowningsOf} from '../../shared/domain/champions.ts';
import {columns, type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';

export const versions = new Command('versions')
  .description('tell which version was champion when, and why; the newest first')
  .argument('<pipeline>', 'pipeline that released them')
  .action(async (pipeline: string, _: unknown, command: Command) => {
    const crownings = crowningsOf(await portsFromEnvironment().runs.releases(pipeline)).toReversed();
    tell(crownings, command.optsWithGlobals<GlobalFlags>().json, (told) => describe(pipeline, told));
  });

function describe(pipeline: string, crownings: readonly Crowning[]): string {
  if (crownings.length === 0) return `Pipeline "${pipeline}" has released nothing.`;
  const rows = crownings.map(({version, run, at, sentence}, index) => [
    index === 0 ? `${version}, champion` : version,
    at,
    run,
    sentence,
  ]);
  return columns([['version', 'since', 'run', 'why'], ...rows]);
}

import {Command} from 'commander';
import type {Difference} from '../differences.ts';
import {columns, EXIT, type GlobalFlags, tell} from '../output.ts';
import {portsFromEnvironment} from '../ports.ts';
import {type Verification, verify} from '../verify-split.ts';

const SHOWN = 20;

export const verifySplit = new Command('verify-split')
  .description(
    'make a split again from its pinned input and compare every field and object with the manifest',
  )
  .argument('<manifest>', 'gs:// URI of a manifest, or the id of its run')
  .action(async (name: string, _: unknown, command: Command) => {
    const verification = await verify(name, portsFromEnvironment());
    tell(verification, command.optsWithGlobals<GlobalFlags>().json, describe);
    process.exitCode = verification.identical ? EXIT.done : EXIT.failed;
  });

function describe({manifest, identical, differences}: Verification): string {
  if (identical)
    return `identical: ${manifest} says what its input gives again, and the objects are those it names`;
  const more = differences.length > SHOWN ? [`and ${differences.length - SHOWN} more; --json tells all`] : [];
  const rows = differences.slice(0, SHOWN).map(rowOf);
  return [`different: ${manifest}`, columns([['field', 'written', 'found'], ...rows]), ...more].join('\n');
}

function rowOf({field, written, found}: Difference): string[] {
  return [field, textOf(written), textOf(found)];
}

function textOf(value: unknown): string {
  return value === undefined ? 'not there' : JSON.stringify(value);
}

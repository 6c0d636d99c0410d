import {homedir} from 'node:os';
import {join} from 'node:path';
import {runCheckov} from './checkov.ts';
import {checkArguments} from './provider-arguments.ts';
import {checkFormat, validate} from './tofu.ts';

/** What came of a check; `skipped` when what it needs cannot be had on this machine. */
export interface Verdict {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly what: string;
}

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'millrace', 'infra');
const MARKS = {passed: '✔', failed: '✘', skipped: '–'};

for (const check of [checkFormat, validate, checkArguments, runCheckov]) {
  const {outcome, what} = await check(cache);
  console.log(`${MARKS[outcome]} ${what}`);
  if (outcome === 'failed') process.exitCode = 1;
}

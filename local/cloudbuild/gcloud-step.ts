import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {createInterface} from 'node:readline';
import {PassThrough} from 'node:stream';
import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';

type Step = cloudbuild_v1.Schema$BuildStep;

const BUILDER = /^gcr\.io\/cloud-builders\/gcloud(?:[:@].+)?$/;
const GCLOUD = join(import.meta.dirname, 'gcloud', 'gcloud.ts');

export function isGcloudStep({name}: Step): boolean {
  return BUILDER.test(name ?? '');
}

/** Where and how a script runs. */
export interface ScriptRun {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs a step of the gcloud builder: a script of bash, in which `gcloud` is the one of this folder.
 * @throws an Error that tells the exit code, or which part of the step the local cloud does not offer
 */
export async function runGcloudStep({entrypoint, args}: Step, run: ScriptRun): Promise<void> {
  const [option, script, ...more] = args ?? [];
  if (entrypoint !== 'bash' || option !== '-c' || script === undefined || more.length > 0)
    throw new Error('the local cloud offers this builder with the entrypoint "bash" and ["-c", SCRIPT] only');
  const bin = await mkdtemp(join(tmpdir(), 'millrace-gcloud-'));
  try {
    const gcloud = join(bin, 'gcloud');
    await writeFile(gcloud, `#!/bin/sh\nexec "${process.execPath}" "${GCLOUD}" "$@"\n`);
    await chmod(gcloud, 0o755);
    await runScript(script, bin, run);
  } finally {
    await rm(bin, {recursive: true, force: true});
  }
}

async function runScript(script: string, bin: string, {cwd, env, log, signal}: ScriptRun): Promise<void> {
  const child = spawn('bash', ['-c', script], {
    cwd,
    env: {PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: cwd, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const output = new PassThrough();
  child.stdout.pipe(output, {end: false});
  child.stderr.pipe(output, {end: false});
  child.once('close', () => output.end());
  const [[code]] = await Promise.all([once(child, 'close'), tell(output, log)]);
  if (code !== 0) throw new Error(`step exited with non-zero status: ${code}`);
}

async function tell(output: PassThrough, log: ScriptRun['log']): Promise<void> {
  for await (const line of createInterface(output)) log(line);
}

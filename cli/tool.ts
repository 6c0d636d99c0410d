import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {PermanentError} from '../shared/errors.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * What `gcloud` answers, as data. It asks nothing back.
 * @throws PermanentError TOOL_MISSING when it is not there, TOOL_FAILED with its own words when it refuses
 */
export async function gcloud(args: readonly string[]): Promise<unknown> {
  const text = await outputOf('gcloud', [...args, '--format=json', '--quiet']);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PermanentError('TOOL_FAILED', 'gcloud answered something that is no JSON', {cause});
  }
}

/** What a program writes to its standard output. @throws PermanentError TOOL_MISSING, TOOL_FAILED */
export async function outputOf(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args, {maxBuffer: MAX_OUTPUT_BYTES})).stdout;
  } catch (cause) {
    throw explain(program, args, cause);
  }
}

function explain(program: string, args: readonly string[], cause: unknown): PermanentError {
  const {code, stderr} = Object(cause) as {code?: unknown; stderr?: string};
  if (code === 'ENOENT') {
    return new PermanentError('TOOL_MISSING', `${program} is not installed`, {
      hint: 'docs/how-to/deploy.md says which programs are needed.',
      cause,
    });
  }
  return new PermanentError('TOOL_FAILED', stderr?.trim() || `${program} ended with ${String(code)}`, {
    where: [program, ...args].join(' '),
    cause,
  });
}

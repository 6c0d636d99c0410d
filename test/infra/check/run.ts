import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface Ended {
  readonly isGood: boolean;
  readonly output: string;
}

/** Runs a program to its end. One that is not there ends badly, too. */
export async function run(program: string, args: readonly string[], cwd?: string): Promise<Ended> {
  try {
    const {stdout, stderr} = await execute(program, args, {cwd, maxBuffer: MAX_OUTPUT_BYTES});
    return {isGood: true, output: `${stdout}${stderr}`};
  } catch (error) {
    const {stdout = '', stderr = '', message} = error as Error & {stdout?: string; stderr?: string};
    return {isGood: false, output: `${stdout}${stderr}` || message};
  }
}

/** @throws Error with what the program said */
export async function mustRun(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const {isGood, output} = await run(program, args, cwd);
  if (!isGood) throw new Error(`${program} ${args.join(' ')}: ${output}`);
  return output;
}

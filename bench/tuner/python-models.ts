import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {projectFolder} from '../../cli/project-folder.ts';
import {defaultCacheDir, virtualEnvironment} from '../../local/containers/virtual-environment.ts';

/** The accuracy of a model, as a share. The questions are those of digits.py. */
export type Ask = (question: 'validate' | 'test' | 'search', details: object) => Promise<number>;

/** Lets `use` ask digits.py, which runs with the packages that the trainer pins. */
export async function withPythonModels<T>(use: (ask: Ask) => Promise<T>): Promise<T> {
  const requirements = join(projectFolder, 'trainer', 'requirements.txt');
  const environment = await virtualEnvironment(requirements, {
    cacheDir: defaultCacheDir(),
    log: console.error,
  });
  const program = join(import.meta.dirname, 'digits.py');
  const python = spawn(join(environment, 'bin', 'python'), [program], {stdio: ['pipe', 'pipe', 'inherit']});
  const answers = createInterface({input: python.stdout})[Symbol.asyncIterator]();
  try {
    return await use(async (question, details) => {
      python.stdin.write(`${JSON.stringify({question, ...details})}\n`);
      const {value, done} = await answers.next();
      if (done) throw new Error(`${program} ended without an answer`);
      return Number(value);
    });
  } finally {
    python.stdin.end();
  }
}

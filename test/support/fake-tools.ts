import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** What a program answers to arguments that begin with certain words. */
export interface ToolAnswer {
  readonly to: string;
  readonly says?: unknown;
  /** It fails, with these words on its standard error. */
  readonly refuses?: string;
}

/** Programs that are all there is in PATH, each a script that answers what was recorded and nothing else. */
export class FakeTools {
  readonly folder: string;
  readonly #path = process.env.PATH;

  static async start(): Promise<FakeTools> {
    return new FakeTools(await mkdtemp(join(tmpdir(), 'fake-tools-')));
  }

  private constructor(folder: string) {
    this.folder = folder;
    process.env.PATH = folder;
  }

  /** The first answer that fits is given; without one the program fails. */
  async add(program: string, answers: readonly ToolAnswer[]): Promise<void> {
    const cases = answers.map(({to, says, refuses}) => {
      const act =
        refuses === undefined ? `/bin/cat <<'END'\n${text(says)}\nEND` : `${complain(refuses)}; exit 1`;
      return `"${to}"*) ${act}\n;;`;
    });
    const script = [
      '#!/bin/sh',
      `echo "${program} $*" >> '${join(this.folder, 'calls')}'`,
      'case "$*" in',
      ...cases,
      `*) ${complain('no recorded answer')}; exit 1 ;;`,
      'esac',
    ];
    const file = join(this.folder, program);
    await writeFile(file, script.join('\n'));
    await chmod(file, 0o755);
  }

  /** What was called, in order, with all arguments. */
  async calls(): Promise<string[]> {
    const log = await readFile(join(this.folder, 'calls'), 'utf8').catch(() => '');
    return log.split('\n').filter(Boolean);
  }

  async remove(): Promise<void> {
    process.env.PATH = this.#path;
    await rm(this.folder, {recursive: true});
  }
}

function text(says: unknown): string {
  return typeof says === 'string' ? says : JSON.stringify(says ?? null);
}

function complain(words: string): string {
  return `echo '${words.replaceAll("'", '')}' >&2`;
}

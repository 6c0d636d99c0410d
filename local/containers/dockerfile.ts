import {posix} from 'node:path';
import {DockerfileParser, type Instruction, ModifiableInstruction, PropertyInstruction} from 'dockerfile-ast';
import {type Runtime, runtimeOf} from './base-image.ts';
import {execFormOf, expandVariables, shellTextOf, wordsOf} from './dockerfile-words.ts';
import {type RunAction, readRunLine} from './run-line.ts';

/** How containers of an image start; what `docker inspect` shows under `Config`. Paths are the container's. */
export interface ImageConfig {
  readonly base: string;
  readonly runtime: Runtime;
  /** `$PATH` in a value is the PATH of the machine that runs it. */
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** The requirements file its Python packages come from. */
  readonly requirements?: string;
}

/** One thing to do while building. Paths are the container's; a `target` that ends in `/` is a folder. */
type BuildStep =
  | {readonly kind: 'copy'; readonly sources: readonly string[]; readonly target: string}
  | {readonly kind: 'pip'; readonly requirements: string}
  | {readonly kind: 'npm'; readonly args: readonly string[]; readonly folder: string}
  | {readonly kind: 'note'; readonly text: string};

/** A step and the instruction that asks for it, as `Dockerfile line 3: COPY`. */
export type PlannedStep = BuildStep & {readonly at: string};

export interface ImagePlan {
  readonly steps: readonly PlannedStep[];
  readonly config: ImageConfig;
}

/**
 * Reads a Dockerfile as a plan that a machine without a Docker engine can carry out.
 * @throws an Error naming the line, what is in the way and what to do.
 */
export function readDockerfile(text: string, buildArgs: Readonly<Record<string, string>> = {}): ImagePlan {
  const reader = new DockerfileReader(buildArgs);
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const at = `Dockerfile line ${instruction.getRange().start.line + 1}: ${instruction.getKeyword()}`;
    try {
      reader.read(instruction, at);
    } catch (error) {
      throw new Error(`${at}: ${error instanceof Error ? error.message : error}`, {cause: error});
    }
  }
  return reader.plan();
}

/** Instructions that say nothing about how a process runs. */
const NOTED = new Set(['EXPOSE', 'HEALTHCHECK', 'LABEL', 'MAINTAINER', 'STOPSIGNAL', 'USER', 'VOLUME']);

const NEEDS_ENGINE = 'needs a Docker engine: start Docker, or remove it';

class DockerfileReader {
  readonly #buildArgs: Readonly<Record<string, string>>;
  readonly #steps: PlannedStep[] = [];
  readonly #env: Record<string, string> = {};
  readonly #globalArgs: Record<string, string> = {};
  #variables = this.#globalArgs;
  #base: Pick<ImageConfig, 'base' | 'runtime'> | undefined;
  #workdir = '/';
  #entrypoint: readonly string[] = [];
  #cmd: readonly string[] = [];
  #requirements: string | undefined;

  constructor(buildArgs: Readonly<Record<string, string>>) {
    this.#buildArgs = buildArgs;
  }

  read(instruction: Instruction, at: string): void {
    const keyword = instruction.getKeyword();
    if (this.#base === undefined && keyword !== 'FROM' && keyword !== 'ARG') {
      throw new Error('no build stage in current context: FROM must come first');
    }
    if (NOTED.has(keyword)) this.#steps.push({kind: 'note', at, text: 'not applied to a process'});
    else this.#apply(keyword, instruction, at);
  }

  #apply(keyword: string, instruction: Instruction, at: string): void {
    switch (keyword) {
      case 'FROM':
        this.#from(instruction);
        break;
      case 'ARG':
        this.#arg(instruction);
        break;
      case 'ENV':
        this.#setEnv(instruction);
        break;
      case 'WORKDIR':
        this.#workdir = posix.resolve(this.#workdir, wordsOf(instruction, this.#variables).join(' '));
        break;
      case 'COPY':
      case 'ADD':
        this.#steps.push({...this.#copy(instruction), at});
        break;
      case 'RUN':
        for (const action of readRunLine(shellTextOf(instruction)))
          this.#steps.push({...this.#run(action), at});
        break;
      case 'ENTRYPOINT':
        this.#entrypoint = execFormOf(instruction);
        break;
      case 'CMD':
        this.#cmd = execFormOf(instruction);
        break;
      default:
        throw new Error(NEEDS_ENGINE);
    }
  }

  plan(): ImagePlan {
    if (this.#base === undefined) throw new Error('the Dockerfile has no FROM instruction');
    const config = {
      ...this.#base,
      env: this.#env,
      workdir: this.#workdir,
      entrypoint: this.#entrypoint,
      cmd: this.#cmd,
      ...(this.#requirements !== undefined && {requirements: this.#requirements}),
    };
    return {steps: this.#steps, config};
  }

  #from(instruction: Instruction): void {
    if (this.#base !== undefined) throw new Error(`a second build stage ${NEEDS_ENGINE}`);
    const [base = ''] = wordsOf(instruction, this.#variables);
    const runtime = runtimeOf(base);
    if (runtime === undefined) {
      throw new Error(
        `the base image ${base} needs a Docker engine: start Docker, or build from python, node, debian, ubuntu, alpine or busybox`,
      );
    }
    this.#base = {base, runtime};
    this.#variables = {PATH: '$PATH'};
  }

  #arg(instruction: Instruction): void {
    for (const [name, value] of this.#properties(instruction)) {
      const given = this.#buildArgs[name] ?? value ?? this.#globalArgs[name];
      if (given !== undefined && !Object.hasOwn(this.#env, name)) this.#variables[name] = given;
    }
  }

  #setEnv(instruction: Instruction): void {
    const entries = this.#properties(instruction).map(([name, value]) => [name, value ?? '']);
    Object.assign(this.#env, Object.fromEntries(entries));
    Object.assign(this.#variables, Object.fromEntries(entries));
  }

  #properties(instruction: Instruction): [name: string, value: string | undefined][] {
    if (!(instruction instanceof PropertyInstruction)) return [];
    return instruction.getProperties().map((property) => {
      const value = property.getValue();
      return [property.getName(), value === null ? undefined : expandVariables(value, this.#variables)];
    });
  }

  #copy(instruction: Instruction): BuildStep {
    const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
    const flag = flags.find((each) => !['chown', 'chmod', 'link'].includes(each.getName()));
    if (flag !== undefined) throw new Error(`${flag.toString()} ${NEEDS_ENGINE}`);
    const words = wordsOf(instruction, this.#variables);
    const target = words.pop();
    if (target === undefined || words.length === 0) throw new Error('needs a source and a target');
    const foreign = words.find((source) => /^(?:\w+:\/\/|git@|<<)/.test(source));
    if (foreign !== undefined) throw new Error(`${foreign}: only files of the build context can be copied`);
    if (
      instruction.getKeyword() === 'ADD' &&
      words.some((source) => /\.(?:tar|tgz|tar\.\w+)$/.test(source))
    ) {
      throw new Error(`unpacking an archive ${NEEDS_ENGINE}`);
    }
    const isFolder = words.length > 1 || /(?:^|\/)\.{0,2}$/.test(target);
    return {
      kind: 'copy',
      sources: words,
      target: posix.resolve(this.#workdir, target) + (isFolder ? '/' : ''),
    };
  }

  #run(action: RunAction): BuildStep {
    switch (action.kind) {
      case 'setup':
        return {kind: 'note', text: `\`${action.command}\` is not applied to a process`};
      case 'npm':
        return {...action, folder: this.#workdir};
      case 'pip': {
        if (this.#requirements !== undefined) {
          throw new Error('without a Docker engine there can be one requirements file only: join them');
        }
        this.#requirements = posix.resolve(this.#workdir, action.requirements);
        return {kind: 'pip', requirements: this.#requirements};
      }
    }
  }
}

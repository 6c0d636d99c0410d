import {readFileSync} from 'node:fs';
import {type Build, build} from '../../local/workflows/language/build.ts';
import type {InstantEffect} from '../../local/workflows/run/effect.ts';
import {type Answer, Execution, type World} from '../../local/workflows/run/execution.ts';
import {fromJson} from '../../local/workflows/run/json.ts';
import type {Value} from '../../local/workflows/run/value.ts';
import {GoogleApis, type Surroundings} from './google-apis.ts';

const FOLDER = new URL('../../workflows/', import.meta.url);

/** The files that are deployed. */
const BUILDS: ReadonlyMap<string, Build> = new Map(
  ['retry-stage', 'watch-job'].map((name) => [
    name,
    build(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8')),
  ]),
);

const ENVIRONMENT: Readonly<Record<string, string>> = {
  GOOGLE_CLOUD_PROJECT_ID: 'the-project',
  GOOGLE_CLOUD_LOCATION: 'us-central1',
  MILLRACE_RERUN_URL: 'https://rerun.example/',
  MILLRACE_AUDIENCE: 'https://rerun.example/',
};

const NOBODY_LISTENS = {began: () => {}, ended: () => {}};

/** Cloud Workflows on the virtual clock: the interpreter of the local cloud runs the files that are deployed. */
export class Executions {
  readonly #on: Surroundings;
  readonly #apis: GoogleApis;
  /** The share that the service loses. */
  readonly #lost: number;

  /** @param broken the share of the requests of executions that fail, whether they were applied or not */
  constructor(surroundings: Surroundings, {lost, broken}: {readonly lost: number; readonly broken: number}) {
    this.#on = surroundings;
    this.#lost = lost;
    this.#apis = new GoogleApis(surroundings, broken);
  }

  start(id: string, {workflow, argument}: {readonly workflow: string; readonly argument: object}): void {
    const {chance, trace} = this.#on;
    if (chance.happens(this.#lost)) {
      trace.add(`${workflow} ${id} is lost`);
      return;
    }
    const source = BUILDS.get(workflow);
    if (source === undefined) throw new RangeError(`no workflow ${workflow}`);
    const execution = new Execution({
      build: source,
      argument: fromJson(JSON.stringify(argument)),
      world: this.#worldOf(id),
      journal: {entries: [], append: () => {}},
      history: NOBODY_LISTENS,
    });
    void execution.ended.then(({kind}) => trace.add(`${workflow} ${id} ${kind}`));
  }

  #worldOf(id: string): World {
    return {
      answer: (effect) => this.#answer(effect, id),
      perform: async (effect) => {
        if (effect.kind === 'http') return this.#apis.send(effect.request);
        if (effect.kind === 'sleep') return this.#sleep(effect.untilMs);
        throw new RangeError(`no ${effect.kind} on a virtual clock`);
      },
    };
  }

  #answer(effect: InstantEffect, id: string): Value {
    if (effect.kind === 'now') return this.#on.time.nowMs;
    if (effect.kind !== 'env') throw new RangeError(`no ${effect.kind} on a virtual clock`);
    const own = effect.name === 'GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID' ? id : null;
    return ENVIRONMENT[effect.name] ?? own;
  }

  #sleep(untilMs: number): Promise<Answer> {
    const {time} = this.#on;
    return new Promise((resolve) =>
      time.after(Math.max(0, untilMs - time.nowMs), () => resolve({value: null})),
    );
  }
}

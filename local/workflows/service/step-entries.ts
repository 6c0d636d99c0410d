import type {workflowexecutions_v1} from 'googleapis/build/src/apis/workflowexecutions/v1.js';
import {ApiError} from '../../api-error.ts';
import type {Collection, State} from '../../state.ts';
import {isConnector} from '../connectors/methods.ts';
import type {Body, Step} from '../language/program.ts';
import type {StepHistory} from '../run/context.ts';
import {STDLIB} from '../stdlib/stdlib.ts';

type StepEntry = workflowexecutions_v1.Schema$StepEntry;

/** What every step of every execution did, kept for ever. */
export class StepEntries {
  readonly #entries: Collection<StepEntry>;

  constructor(state: State) {
    this.#entries = state.collection('workflows.step-entries');
  }

  /** Writes the history of one execution; what a resumed execution tells again is already there. */
  historyOf(execution: string, now: () => Date): StepHistory {
    const nameOf = (number: number) => `${execution}/stepEntries/${number}`;
    return {
      began: (number, step, routine) => {
        const name = nameOf(number);
        if (this.#entries.has(name)) return;
        const time = now().toISOString();
        this.#entries.set(name, {
          name,
          entryId: String(number),
          routine,
          step: step.name,
          stepType: typeOf(step),
          state: 'STATE_IN_PROGRESS',
          createTime: time,
          updateTime: time,
        });
      },
      ended: (number, exception) => {
        const entry = this.#entries.get(nameOf(number));
        if (entry?.state !== 'STATE_IN_PROGRESS') return;
        const state = exception === undefined ? 'STATE_SUCCEEDED' : 'STATE_FAILED';
        this.#entries.set(nameOf(number), {
          ...entry,
          state,
          updateTime: now().toISOString(),
          ...(exception !== undefined && {exception: {payload: exception}}),
        });
      },
    };
  }

  /** Marks the steps under way as cancelled. */
  cancel(execution: string, now: Date): void {
    for (const entry of this.current(execution)) {
      const cancelled = {...entry, state: 'STATE_CANCELLED', updateTime: now.toISOString()};
      this.#entries.set(entry.name ?? '', cancelled);
    }
  }

  /** In the order in which the steps began. */
  list(execution: string): StepEntry[] {
    const entries: StepEntry[] = [];
    for (let number = 1; ; number += 1) {
      const entry = this.#entries.get(`${execution}/stepEntries/${number}`);
      if (entry === undefined) return entries;
      entries.push(entry);
    }
  }

  /** The steps under way. */
  current(execution: string): StepEntry[] {
    return this.list(execution).filter(({state}) => state === 'STATE_IN_PROGRESS');
  }

  /** @throws ApiError NOT_FOUND */
  read(name: string): StepEntry {
    const found = this.#entries.get(name);
    if (found === undefined) throw new ApiError('NOT_FOUND', `Step entry "${name}" was not found.`);
    return found;
  }
}

const TYPES: Readonly<Record<Exclude<Body['kind'], 'call'>, string>> = {
  assign: 'STEP_ASSIGN',
  switch: 'STEP_SWITCH',
  for: 'STEP_FOR',
  parallel: 'STEP_PARALLEL_BRANCH',
  steps: 'STEP_GOTO',
  try: 'STEP_TRY_RETRY_EXCEPT',
  raise: 'STEP_RAISE',
  return: 'STEP_RETURN',
  goto: 'STEP_GOTO',
};

function typeOf({body}: Step): string {
  if (body.kind !== 'call') return TYPES[body.kind];
  if (isConnector(body.callee)) return 'STEP_CONNECTOR_CALL';
  return STDLIB.has(body.callee) ? 'STEP_STD_LIB_CALL' : 'STEP_SUBWORKFLOW_CALL';
}

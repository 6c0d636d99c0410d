import {performHttp} from '../../../../local/workflows/http-call.ts';
import {build} from '../../../../local/workflows/language/build.ts';
import {
  Execution,
  type ExecutionEnd,
  type JournalEntry,
  type World,
} from '../../../../local/workflows/run/execution.ts';
import {fromJson, toJson} from '../../../../local/workflows/run/json.ts';
import type {Place} from '../../../../local/workflows/run/raised.ts';
import type {Value} from '../../../../local/workflows/run/value.ts';
import {VirtualClock} from './virtual-clock.ts';

export interface Run {
  /** JSON text of the result or error; an int and a double look different. */
  readonly result?: string;
  readonly error?: string;
  readonly trace?: readonly Place[];
  /** What `sys.log` wrote. */
  readonly logs: readonly string[];
  readonly steps: readonly string[];
  readonly seconds: number;
  readonly journal: readonly JournalEntry[];
}

export interface RunOptions {
  readonly argument?: string;
  readonly fetch?: typeof fetch;
  /** What `sys.get_env` knows. */
  readonly env?: Readonly<Record<string, string>>;
  readonly journal?: readonly JournalEntry[];
  readonly clock?: VirtualClock;
  /** Called before each answer is taken up; may cancel. */
  readonly onStart?: (execution: Execution) => void;
}

const noFetch: typeof fetch = async () => {
  throw new TypeError('fetch failed', {cause: {code: 'ECONNREFUSED'}});
};

/** Runs a source to its end on a virtual clock. */
export async function run(source: string, options: RunOptions = {}): Promise<Run> {
  const {
    argument = 'null',
    fetch: fetcher = noFetch,
    clock = new VirtualClock(),
    journal: past = [],
  } = options;
  const startMs = clock.now();
  const logs: string[] = [];
  const steps: string[] = [];
  const journal = [...past];
  let inFlight = 0;
  const counting: typeof fetch = async (...args) => {
    inFlight += 1;
    try {
      return await fetcher(...args);
    } finally {
      inFlight -= 1;
    }
  };
  const world: World = {
    answer(effect) {
      if (effect.kind === 'now') return clock.now();
      if (effect.kind === 'uuid') return 'd290f1ee-6c54-4b01-90e6-d701748f0851';
      if (effect.kind === 'env')
        return {GOOGLE_CLOUD_PROJECT_ID: 'demo', ...options.env}[effect.name] ?? null;
      if (effect.kind === 'callback-endpoint')
        throw new RangeError('nobody can call a workflow without a server');
      logs.push(`${effect.severity} ${toJson(effect.data)}`);
      return null;
    },
    async perform(effect, signal) {
      if (effect.kind === 'http') {
        return performHttp(
          effect.request,
          {fetch: counting, clock, authorize: async () => undefined, googleApis: () => 'http://google.local'},
          signal,
        );
      }
      // Nobody calls: who waits for a callback waits as long as it may.
      await clock.sleep(Math.max(0, effect.untilMs - clock.now()), signal);
      return {value: null};
    },
  };
  const execution = new Execution({
    build: build(source),
    argument: fromJson(argument),
    world,
    journal: {entries: past, append: (entry) => journal.push(entry)},
    history: {
      began: (_number, {name}, routine) => steps.push(`${routine}.${name}`),
      ended: () => undefined,
    },
  });
  options.onStart?.(execution);
  let end: ExecutionEnd | undefined;
  execution.ended.then((ended) => {
    end = ended;
  });
  while (end === undefined) {
    await new Promise(setImmediate);
    if (end === undefined && inFlight === 0 && !clock.advance()) break;
  }
  return {
    ...outcomeOf(end),
    logs,
    steps,
    seconds: (clock.now() - startMs) / 1000,
    journal,
  };
}

function outcomeOf(end: ExecutionEnd | undefined): Pick<Run, 'result' | 'error' | 'trace'> {
  if (end === undefined) return {error: '"stuck"'};
  if (end.kind === 'succeeded') return {result: toJson(end.result)};
  return end.kind === 'failed' ? {error: toJson(end.error), trace: end.trace} : {error: '"cancelled"'};
}

/** The value of one expression, as JSON text. @throws the error it raises, as an Error with its JSON text. */
export async function evaluate(expression: string, argument: Value | string = 'null'): Promise<string> {
  const quoted = JSON.stringify(`\${${expression}}`);
  const source = `main: {params: [x], steps: [{answer: {return: ${quoted}}}]}`;
  const {result, error} = await run(source, {argument: String(argument)});
  if (result === undefined) throw new Error(error);
  return result;
}

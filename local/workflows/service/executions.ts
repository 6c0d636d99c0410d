import {randomUUID} from 'node:crypto';
import {ApiError} from '../../api-error.ts';
import type {Collection, State} from '../../state.ts';
import type {Clock} from '../clock.ts';
import {type HttpOptions, performHttp} from '../http-call.ts';
import {Execution, type ExecutionEnd, type World} from '../run/execution.ts';
import {fromJson} from '../run/json.ts';
import {Callbacks} from './callbacks.ts';
import {type LogEntry, logEntry} from './execution-log.ts';
import {type ExecutionRecord, endedRecord, parseNewExecution} from './execution-record.ts';
import {KeptJournals} from './kept-journal.ts';
import type {Project} from './names.ts';
import {StepEntries} from './step-entries.ts';
import type {Workflow, Workflows} from './workflows.ts';

export interface ExecutionsOptions {
  readonly state: State;
  readonly workflows: Workflows;
  readonly project: Project;
  readonly clock: Clock;
  readonly http: Omit<HttpOptions, 'clock'>;
  /** Takes what `sys.log` writes. */
  readonly log: (entry: LogEntry) => void;
}

/** Executions of workflows. Those that a restart interrupted go on where they were. */
export class Executions {
  readonly entries: StepEntries;
  readonly callbacks: Callbacks;
  readonly #options: ExecutionsOptions;
  readonly #records: Collection<ExecutionRecord>;
  readonly #journals: KeptJournals;
  readonly #running = new Map<string, Execution>();

  constructor(options: ExecutionsOptions) {
    this.#options = options;
    this.#records = options.state.collection('workflows.executions');
    this.#journals = new KeptJournals(options.state);
    this.entries = new StepEntries(options.state);
    this.callbacks = new Callbacks(options.state, options.clock);
  }

  /** Lets the executions go on that the end of the last process interrupted. */
  resume(): void {
    for (const record of this.#records.values()) if (record.state === 'ACTIVE') this.#run(record);
  }

  /** @throws ApiError NOT_FOUND, INVALID_ARGUMENT */
  create(workflowName: string, body: unknown): ExecutionRecord {
    const {labels, revisionId, callLogLevel} = this.#options.workflows.read(workflowName);
    const request = parseNewExecution(body);
    const now = this.#now().toISOString();
    const record: ExecutionRecord = {
      ...(callLogLevel !== undefined && {callLogLevel}),
      ...request,
      labels: {...labels, ...request.labels},
      name: `${workflowName}/executions/${randomUUID()}`,
      createTime: now,
      startTime: now,
      state: 'ACTIVE',
      workflowRevisionId: revisionId,
    };
    this.#records.set(record.name, record);
    this.#run(record);
    return record;
  }

  /** @throws ApiError NOT_FOUND */
  read(name: string): ExecutionRecord {
    const record = this.#records.get(name);
    if (record === undefined) throw new ApiError('NOT_FOUND', `Execution "${name}" was not found.`);
    return record;
  }

  /** Newest first. @throws ApiError NOT_FOUND when there is no such workflow. */
  list(workflowName: string): ExecutionRecord[] {
    this.#options.workflows.read(workflowName);
    const own = [...this.#records.values()].filter(({name}) =>
      name.startsWith(`${workflowName}/executions/`),
    );
    return own.reverse().sort((a, b) => b.createTime.localeCompare(a.createTime));
  }

  /** @throws ApiError NOT_FOUND, FAILED_PRECONDITION when the execution is over. */
  cancel(name: string): ExecutionRecord {
    const {state} = this.read(name);
    if (state !== 'ACTIVE')
      throw new ApiError('FAILED_PRECONDITION', `Execution "${name}" is already ${state}.`);
    this.#running.get(name)?.cancel();
    this.entries.cancel(name, this.#now());
    return this.#end(name, {kind: 'cancelled'});
  }

  /** Interrupts the executions under way; the next start resumes them. */
  close(): void {
    for (const execution of this.#running.values()) execution.interrupt();
  }

  #run(record: ExecutionRecord): void {
    const {name, argument, workflowRevisionId} = record;
    const workflowName = name.slice(0, name.indexOf('/executions/'));
    const {workflow, build} = this.#options.workflows.buildOf(workflowName, workflowRevisionId);
    const execution = new Execution({
      build,
      argument: fromJson(argument),
      world: this.#worldOf(workflow, name),
      journal: this.#journals.open(name),
      history: this.entries.historyOf(name, () => this.#now()),
    });
    this.#running.set(name, execution);
    execution.ended.then((end) => {
      if (end.kind !== 'cancelled') this.#end(name, end);
    });
  }

  #end(name: string, end: ExecutionEnd): ExecutionRecord {
    const ended = endedRecord(this.read(name), end, this.#now());
    this.#options.state.atomically(() => {
      this.#records.set(name, ended);
      this.#journals.delete(name);
      this.callbacks.delete(name);
    });
    this.#running.delete(name);
    return ended;
  }

  #worldOf(workflow: Workflow, execution: string): World {
    const {clock, http, log, project} = this.#options;
    const {callbacks} = this;
    const env = environmentOf(workflow, execution, project);
    return {
      answer: (effect) => {
        switch (effect.kind) {
          case 'now':
            return clock.now();
          case 'uuid':
            return randomUUID();
          case 'env':
            return env.get(effect.name) ?? null;
          case 'callback-endpoint':
            return `${http.googleApis()}/v1/${callbacks.create(execution, effect.method)}`;
          case 'log':
            log(logEntry(execution, effect, new Date(clock.now())));
            return null;
        }
      },
      async perform(effect, signal) {
        if (effect.kind === 'http') return performHttp(effect.request, {...http, clock}, signal);
        if (effect.kind === 'callback') return callbacks.next(effect, execution, signal);
        await clock.sleep(Math.max(0, effect.untilMs - clock.now()), signal);
        return {value: null};
      },
    };
  }

  #now(): Date {
    return new Date(this.#options.clock.now());
  }
}

function environmentOf(workflow: Workflow, execution: string, project: Project): ReadonlyMap<string, string> {
  const [, , , location = '', , workflowId = '', , executionId = ''] = execution.split('/');
  return new Map([
    ...Object.entries(workflow.userEnvVars),
    ['GOOGLE_CLOUD_PROJECT_ID', project.id],
    ['GOOGLE_CLOUD_PROJECT_NUMBER', project.number],
    ['GOOGLE_CLOUD_LOCATION', location],
    ['GOOGLE_CLOUD_WORKFLOW_ID', workflowId],
    ['GOOGLE_CLOUD_WORKFLOW_REVISION_ID', workflow.revisionId],
    ['GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID', executionId],
  ]);
}

import {mkdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {ContainerSpec} from '../../containers/containers.ts';
import type {JobControl} from '../../jobs/jobs.ts';
import {runReplica} from '../../jobs/replica.ts';
import type {Workshop} from '../../jobs/workshop.ts';
import {idOf, newId} from '../../names.ts';
import {variablesOf} from '../../request.ts';
import type {PipelineJob, PipelineTaskDetail} from '../types.ts';
import type {MountedBuckets} from './mounted-buckets.ts';
import {parametersOf, readOutput, type Value, type Values} from './parameter-values.ts';
import type {Component, PipelineSpec} from './pipeline-schema.ts';
import {componentOf, containerOf, readPipelineSpec, taskOf} from './pipeline-spec.ts';
import {type Artifact, type ExecutorInput, fill} from './placeholders.ts';
import {predecessorsOf} from './task-order.ts';

export interface PipelineRunOptions extends Workshop {
  readonly job: PipelineJob;
  readonly control: JobControl<PipelineJob>;
  /** For the files of this job's tasks. */
  readonly folder: string;
  readonly buckets: MountedBuckets;
}

const FAILED_PRECONDITION = 9;

/** One job's tasks, each run as soon as those before it have succeeded. What succeeded in an earlier process is not run again. */
export class PipelineRun {
  readonly #options: PipelineRunOptions;
  readonly #spec: PipelineSpec;
  readonly #parameters: Values;
  /** `gs://` folder without a slash at its end. */
  readonly #root: string;
  readonly #details: Map<string, PipelineTaskDetail>;
  readonly #ends = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #failure: string | undefined;

  constructor(options: PipelineRunOptions) {
    const {job, control} = options;
    this.#options = options;
    this.#spec = readPipelineSpec(job.pipelineSpec);
    this.#parameters = parametersOf(this.#spec, job.runtimeConfig?.parameterValues ?? {});
    this.#root = (job.runtimeConfig?.gcsOutputDirectory ?? '').replace(/\/$/, '');
    this.#details = new Map(job.jobDetail?.taskDetails?.map((detail) => [detail.taskName ?? '', detail]));
    this.#signal = AbortSignal.any([control.signal, this.#stop.signal]);
  }

  /** @returns why the job failed: the words of the first task that did */
  async play(): Promise<string | undefined> {
    const names = Object.keys(this.#spec.root.dag.tasks);
    await Promise.allSettled(names.map((name) => this.#end(name)));
    for (const name of names) if (!this.#details.has(name)) this.#note(name, {state: 'NOT_TRIGGERED'});
    return this.#failure;
  }

  #end(name: string): Promise<void> {
    const known = this.#ends.get(name);
    if (known !== undefined) return known;
    const before = predecessorsOf(taskOf(this.#spec, name)).map((other) => this.#end(other));
    const end = Promise.all(before).then(() => this.#runTask(name));
    this.#ends.set(name, end);
    return end;
  }

  async #runTask(name: string): Promise<void> {
    if (this.#details.get(name)?.state === 'SUCCEEDED') return;
    this.#signal.throwIfAborted();
    this.#note(name, {state: 'RUNNING', startTime: new Date().toISOString()});
    try {
      await this.#carryOut(name);
      this.#note(name, {state: 'SUCCEEDED', endTime: new Date().toISOString()});
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const error = {code: FAILED_PRECONDITION, message};
      const state = this.#signal.aborted ? 'CANCELLED' : 'FAILED';
      this.#note(name, {state, endTime: new Date().toISOString(), error});
      this.#failure ??= `The task ${name} failed: ${message}`;
      this.#stop.abort();
      throw cause;
    }
  }

  #note(name: string, changes: PipelineTaskDetail): void {
    const fresh = {taskName: name, taskId: newId(), createTime: new Date().toISOString()};
    this.#details.set(name, {...fresh, ...this.#details.get(name), ...changes});
    this.#options.control.update({jobDetail: {taskDetails: [...this.#details.values()]}});
  }

  /** @throws an Error that says why the task failed */
  async #carryOut(name: string): Promise<void> {
    const {buckets, containers} = this.#options;
    const input = await this.#inputOf(name);
    const [reads, writes] = [artifactsOf(input.inputs), artifactsOf(input.outputs)];
    const files = [...writes.map(({uri}) => buckets.pathOf(uri)), input.outputs.outputFile];
    for (const file of files) await mkdir(dirname(file), {recursive: true});
    for (const {uri} of reads) await buckets.fetch(uri);
    const container = this.#containerOf(name, input);
    const failure = await runReplica(containers, {name, container, signal: this.#signal});
    if (failure !== undefined) throw new Error(`${failure.reason}\n${failure.logTail}`.trimEnd());
    for (const {uri} of writes) await buckets.publish(uri);
    for (const key of Object.keys(input.outputs.parameters)) await this.#outputOf(name, key);
  }

  #containerOf(name: string, input: ExecutorInput): ContainerSpec {
    const {job, folder, buckets, containerEnv} = this.#options;
    const {image, command, args, env} = containerOf(this.#spec, taskOf(this.#spec, name).componentRef.name);
    const around = {
      jobName: idOf(job.name ?? ''),
      taskName: name,
      root: this.#root,
      pathOf: buckets.pathOf,
    };
    const filled = (words: readonly string[]) => words.map((word) => fill(word, input, around));
    return {
      image,
      ...(command.length > 0 && {command: filled(command)}),
      args: filled(args),
      env: {...containerEnv(), ...variablesOf(env)},
      sharedFolder: folder,
    };
  }

  async #inputOf(name: string): Promise<ExecutorInput> {
    const {inputDefinitions, outputDefinitions} = this.#componentOf(name);
    const parameterValues: Record<string, Value> = {};
    for (const key of Object.keys(inputDefinitions.parameters))
      parameterValues[key] = await this.#parameterOf(name, key);
    const read = Object.entries(taskOf(this.#spec, name).inputs.artifacts).map(
      ([key, {taskOutputArtifact: {producerTask = '', outputArtifactKey = ''} = {}}]) =>
        [key, {artifacts: [this.#artifactOf(producerTask, outputArtifactKey)]}] as const,
    );
    const written = Object.keys(outputDefinitions.artifacts).map(
      (key) => [key, {artifacts: [this.#artifactOf(name, key)]}] as const,
    );
    const outputs = Object.keys(outputDefinitions.parameters).map(
      (key) => [key, {outputFile: this.#outputFile(name, key)}] as const,
    );
    return {
      inputs: {parameterValues, artifacts: Object.fromEntries(read)},
      outputs: {
        parameters: Object.fromEntries(outputs),
        artifacts: Object.fromEntries(written),
        outputFile: this.#outputFile(name, 'executor_output.json'),
      },
    };
  }

  async #parameterOf(name: string, key: string): Promise<Value> {
    const {inputs} = taskOf(this.#spec, name);
    const {runtimeValue, componentInputParameter, taskOutputParameter} = inputs.parameters[key] ?? {};
    if (taskOutputParameter !== undefined)
      return this.#outputOf(taskOutputParameter.producerTask, taskOutputParameter.outputParameterKey);
    const given =
      componentInputParameter === undefined
        ? runtimeValue?.constant
        : this.#parameters[componentInputParameter];
    return given ?? this.#componentOf(name).inputDefinitions.parameters[key]?.defaultValue ?? null;
  }

  /** What a task has written for an output parameter. */
  async #outputOf(name: string, key: string): Promise<Value> {
    const type = this.#componentOf(name).outputDefinitions.parameters[key]?.parameterType ?? 'STRING';
    const text = await readFile(this.#outputFile(name, key), 'utf8').catch((cause) => {
      throw new Error(`The task ${name} did not write its output parameter ${key}.`, {cause});
    });
    return readOutput(text, type);
  }

  #outputFile(name: string, key: string): string {
    return join(this.#options.folder, 'outputs', name, key);
  }

  #artifactOf(name: string, key: string): Artifact {
    const definition = this.#componentOf(name).outputDefinitions.artifacts[key];
    const {job, project} = this.#options;
    const {taskId} = this.#details.get(name) ?? {};
    const uri = `${this.#root}/${project.number}/${idOf(job.name ?? '')}/${name}_${taskId}/${key}`;
    const schemaTitle = definition?.artifactType.schemaTitle ?? '';
    return {name: key, type: {schemaTitle}, uri, metadata: {}};
  }

  #componentOf(name: string): Component {
    return componentOf(this.#spec, taskOf(this.#spec, name).componentRef.name);
  }
}

function artifactsOf({artifacts}: ExecutorInput['inputs'] | ExecutorInput['outputs']): Artifact[] {
  return Object.values(artifacts).flatMap((list) => list.artifacts);
}

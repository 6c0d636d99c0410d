import type {CompiledPipeline, PipelineParameters} from './domain/compiled-pipeline.ts';
import type {Pipeline} from './domain/pipeline.ts';
import type {Trial} from './domain/trial.ts';
import type {ObjectInfo} from './object-ports.ts';

export interface Build {
  readonly id: string;
  readonly state: 'waiting' | 'succeeded' | 'failed';
  /** Image tag the build was asked to push. */
  readonly tag?: string;
  /** `sha256:…` of the pushed image. */
  readonly digest?: string;
  readonly why?: string;
  /** Which effect and attempt it was started for; absent when it is none of ours. */
  readonly effectKey?: string;
  readonly attempt?: number;
  /** ISO 8601. */
  readonly createTime?: string;
}

/** Trainer images: Cloud Build and Artifact Registry. */
export interface Builds {
  /** `host/project/repository/trainer` without tag. */
  readonly imageUri: string;
  /** The digest behind a tag of the trainer image, or undefined. */
  findImage(tag: string): Promise<string | undefined>;
  /** Starts one build; returns its id. */
  start(request: {source: ObjectInfo; tag: string; effectKey: string; attempt: number}): Promise<string>;
  /** The build that the service lists for an attempt of an effect. */
  findByEffect(effectKey: string, attempt: number): Promise<string | undefined>;
  read(id: string): Promise<Build | undefined>;
  /** All builds of ours created at or after an instant (ISO 8601), newest first. */
  list(filter: {since: string}): Promise<Build[]>;
  /** Asks a build to end; one that has ended, or is not there, stays as it is. Only a look at it tells whether it did. */
  cancel(id: string): Promise<void>;
}

export interface Job {
  /** Full resource name. */
  readonly name: string;
  readonly id: string;
  readonly kind: 'tuning' | 'training';
  readonly state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** What it was started for; absent when it is none of ours. */
  readonly runId?: string;
  readonly effectKey?: string;
  readonly attempt?: number;
  /** ISO 8601. */
  readonly createTime: string;
  /** ISO 8601; absent before it has a machine. */
  readonly startTime?: string;
  /** ISO 8601; absent before it has ended. */
  readonly endTime?: string;
  readonly why?: string;
  /** Of a failed job: with the service to blame, the same job may succeed later. */
  readonly fault?: 'service' | 'trainer';
  /** The name of the job whose search this one goes on from; only AI Platform has that. */
  readonly resumes?: string;
  /** Of a tuning job; in no promised order. */
  readonly trials: readonly Trial[];
}

export interface JobRequest {
  readonly runId: string;
  readonly effectKey: string;
  readonly attempt: number;
  /** By digest. */
  readonly image: string;
  readonly args: readonly string[];
  readonly machineType: string;
  /** `gs://` folder; the model goes to `<outputUri>/model/`. */
  readonly outputUri: string;
}

interface TuningRequest extends JobRequest {
  readonly tune: Pipeline['tune'];
  /** The name of a tuning job of the same service, of the same space, to go on from. Vertex AI has no such thing. */
  readonly resumes?: string;
}

export interface PipelineRequest extends Pick<JobRequest, 'runId' | 'effectKey' | 'attempt' | 'outputUri'> {
  readonly spec: CompiledPipeline;
  readonly parameters: PipelineParameters;
}

/** Tuning and training jobs (Vertex AI, AI Platform). */
export interface Jobs {
  startTuning(request: TuningRequest): Promise<string>;
  startTraining(request: JobRequest): Promise<string>;
  /** Starts a compiled pipeline in the place of a training job; from then on it is one. */
  startPipeline(request: PipelineRequest): Promise<string>;
  /** The job that the service lists for an attempt of an effect, by its labels. */
  findByEffect(kind: Job['kind'], effectKey: string, attempt: number): Promise<string | undefined>;
  /** By id, of either kind; undefined also for an id that no job of this service can have. */
  find(id: string): Promise<Job | undefined>;
  /** All jobs of ours, of both kinds, created at or after an instant (ISO 8601). */
  list(filter: {since: string}): Promise<Job[]>;
  /** Asks a job to end, by its full name; one that has ended, or is not there, stays as it is. Only a look at it tells whether it did. */
  cancel(name: string): Promise<void>;
}

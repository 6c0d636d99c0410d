import type {Job} from './job-ports.ts';

/** A prediction of many rows, from a bucket into a bucket. */
export interface BatchJob extends Pick<Job, 'name' | 'state' | 'createTime' | 'why'> {
  /** `gs://` folder of the results, once there are any. */
  readonly resultsUri?: string;
  /** Rows that the model answered and rows that it refused, once all were asked. */
  readonly rows?: {readonly predicted: number; readonly failed: number};
}

export interface BatchRequest {
  /** What makes two requests the same: at most 63 characters of `[a-z0-9_-]`. */
  readonly key: string;
  /** Full name of the version that is asked. */
  readonly version: string;
  /** `gs://` object of JSON Lines, an instance on each. */
  readonly instancesUri: string;
  /** `gs://` folder in which the service makes a folder for the results. */
  readonly outputUri: string;
  readonly machineType: string;
}

/** Batch prediction jobs (Vertex AI). They need no endpoint, and no machine is kept after them. */
export interface BatchPredictions {
  start(request: BatchRequest): Promise<BatchJob>;
  /** The newest job that was started under a key. */
  findByKey(key: string): Promise<BatchJob | undefined>;
  /** By its full name. */
  find(name: string): Promise<BatchJob | undefined>;
}

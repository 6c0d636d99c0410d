import type {Lineage} from './domain/lineage.ts';

export interface ModelVersion {
  /** Full resource name with `@version`. */
  readonly name: string;
  readonly version: string;
  readonly artifactUri: string;
  /** The run that made it; absent when it is none of ours. */
  readonly runId?: string;
}

export interface Endpoint {
  readonly name: string;
  readonly deployed: readonly {readonly id: string; readonly model: string; readonly version: string}[];
  /** Percent per deployed model id. */
  readonly traffic: Readonly<Record<string, number>>;
  readonly etag: string;
}

/** What answers for a model: Google's prebuilt server of a library's version, or an image of ours started with the argument `serve`. */
export type ModelServer =
  | {readonly framework: 'scikit-learn' | 'xgboost'; readonly version: string; readonly runtime?: Runtime}
  | {readonly framework: 'custom'; readonly image: string};

/** What a version is served with on AI Platform, from its creation on. */
interface Runtime {
  readonly version: string;
  readonly python: string;
  readonly machineType: string;
}

/** The model registry and its endpoints (Vertex AI; AI Platform's models and versions). Long-running operations are awaited; one that outlasts the call is retryable. */
export interface Models {
  champion(model: string): Promise<ModelVersion | undefined>;
  /** The version that an attempt of an effect made, by its labels. */
  findByEffect(model: string, effectKey: string, attempt: number): Promise<ModelVersion | undefined>;
  /** A version by its full name. */
  version(name: string): Promise<ModelVersion | undefined>;
  /** Deletes a version by its full name; one that is not there stays so. @throws RetryableError while it is deployed */
  deleteVersion(name: string): Promise<void>;
  /** Creates the model with its first version, or a further version: the alias `challenger` moves to it, and `run-<id>` names it. */
  upload(request: {
    model: string;
    runId: string;
    effectKey: string;
    attempt: number;
    artifactUri: string;
    server: ModelServer;
    lineage: Lineage;
  }): Promise<ModelVersion>;
  /** Moves the `champion` alias to a version, which is no challenger any more. */
  crown(model: string, version: string): Promise<void>;
  /** Takes the alias from a version, if it has it. */
  uncrown(model: string, version: string): Promise<void>;
  /** Creates it on first use. */
  endpoint(id: string): Promise<Endpoint>;
  /** Deploys without traffic. On AI Platform the first version of a model has it at once. */
  deploy(endpoint: string, request: {id: string; version: ModelVersion; machineType: string}): Promise<void>;
  /**
   * Shares the traffic out, in percent per deployed model id; who is not named gets none.
   * @throws RetryableError when someone else changed the endpoint meanwhile
   */
  splitTraffic(endpoint: Endpoint, percents: Endpoint['traffic']): Promise<void>;
  /** Takes down a model that gets no traffic, or is the last one. One that gets some, or is not there, stays as it is. */
  undeploy(endpoint: string, deployedModelId: string): Promise<void>;
  predict(endpoint: string, instances: readonly unknown[]): Promise<Prediction>;
}

interface Prediction {
  readonly predictions: readonly unknown[];
  readonly version: string;
}

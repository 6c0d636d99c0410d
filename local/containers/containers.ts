/** How to start one container. `env` comes on top of the image's own. */
export interface ContainerSpec {
  /** `host/path:tag` or `host/path@sha256:…`. */
  readonly image: string;
  /** Takes the place of the image's entry point, and drops its CMD. */
  readonly command?: readonly string[];
  /** Appended to the entry point in place of the image's CMD, each as one argument; never seen by a shell. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of this machine that the container finds under the same path and may write to, whatever its user. */
  readonly sharedFolder?: string;
}

export interface ContainerExit {
  /** Exit code; 137 when it was killed, 127 when its program was not found. */
  readonly code: number;
  /** The last lines of standard output and error together, at most 4 KiB. */
  readonly logTail: string;
}

export interface RunningContainer {
  /** Never rejects. */
  readonly exited: Promise<ContainerExit>;
  /** Ends it and everything it started; `exited` settles soon after. */
  kill(): void;
}

export interface BuildOptions {
  /** Path of the Dockerfile; `Dockerfile` in the context by default. */
  readonly dockerfile?: string;
  /** Values for the Dockerfile's ARG instructions. */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Gives the build up; its promise rejects. */
  readonly signal?: AbortSignal;
}

/** The outcome of building an image from an unpacked context. */
interface BuiltImage {
  /** `sha256:…` over what the image is made of: the same content gives the same digest. */
  readonly digest: string;
}

/** Makes and starts images known by digest: a Docker engine, or processes where there is none. */
export interface ContainerEngine {
  /**
   * Makes an image from the folder `context`. Build output goes to `log`, line by line.
   * Rejects with an Error whose message says which instruction failed and why.
   */
  build(context: string, log: (line: string) => void, options?: BuildOptions): Promise<BuiltImage>;
  /** Starts an image this engine built. */
  start(digest: string, spec: ContainerSpec): RunningContainer;
  /** Kills everything still running, and waits for it. */
  close(): Promise<void>;
}

/** An image store and a runtime on this machine. */
export interface Containers extends Pick<ContainerEngine, 'build' | 'close'> {
  /** Points `reference` (`host/path:tag`) at a built digest. */
  tag(digest: string, reference: string): void;
  /** The digest behind a tag or digest reference; undefined when nothing of that name was tagged. */
  resolve(reference: string): string | undefined;
  /** @throws ApiError NOT_FOUND when the image does not resolve. */
  run(spec: ContainerSpec): RunningContainer;
}

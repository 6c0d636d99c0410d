import {EventEmitter, once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import {create} from 'tar';
import {ApiError} from '../../../local/api-error.ts';
import {artifactRegistry} from '../../../local/artifactregistry/artifact-registry.ts';
import {cloudBuild} from '../../../local/cloudbuild/cloud-build.ts';
import type {Containers} from '../../../local/containers/containers.ts';
import {namedContainers} from '../../../local/containers/open-containers.ts';
import {processEngine} from '../../../local/containers/process-engine.ts';
import {httpServer} from '../../../local/http.ts';
import {openState} from '../../../local/state.ts';

/** A message on a topic. */
export interface Notice {
  readonly topic: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly build: cloudbuild_v1.Schema$Build;
}

/** Content whose bytes never come. */
export const STALLED = Symbol('stalled');

export const PARENT = 'projects/demo/locations/us-central1';
export const IMAGE = 'us-central1-docker.pkg.dev/demo/ml/trainer:1';
/** The source of an image that says a word. */
export const SPEAKER = {
  Dockerfile: 'FROM alpine\nARG WORD\nENV WORD=$WORD\nENTRYPOINT ["sh", "-c", "echo $WORD"]\n',
};

export function dockerBuild(...args: string[]): cloudbuild_v1.Schema$BuildStep {
  return {name: 'gcr.io/cloud-builders/docker', args: ['build', ...args]};
}

/** Cloud Build with all that is around it, in the hands of a test. */
export interface LocalCloudBuild {
  readonly client: cloudbuild_v1.Cloudbuild;
  readonly builds: cloudbuild_v1.Resource$Projects$Locations$Builds;
  readonly containers: Containers;
  readonly url: string;
  /** Creates a build of the speaker, changed by `change`; returns it as the service answers. */
  create(change?: cloudbuild_v1.Schema$Build): Promise<CreatedBuild>;
  stop(): Promise<void>;
}

type CreatedBuild = cloudbuild_v1.Schema$Build & {readonly id: string; readonly name: string};

/** What outlives a restart of the cloud. */
export class World {
  readonly folder: string;
  readonly notices: Notice[] = [];
  /** Variables of scripts. */
  stepEnv: Readonly<Record<string, string>> = {};
  readonly topics = new Set(['projects/demo/topics/cloud-builds']);
  /** The bytes of each generation of the one source object; those of `STALLED` never come. */
  readonly sources = new Map<string, Buffer | typeof STALLED>();
  readonly #fetched = Promise.withResolvers<Readable>();
  /** The first source that a build began to read. */
  readonly fetched = this.#fetched.promise;
  readonly #published = new EventEmitter();

  constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<World> {
    return new World(await mkdtemp(join(tmpdir(), 'cloud-build-')));
  }

  /** Puts content into the source object; returns the new generation's address. */
  upload(content: Buffer | typeof STALLED): cloudbuild_v1.Schema$Source {
    const generation = String(this.sources.size + 1);
    this.sources.set(generation, content);
    return {storageSource: {bucket: 'sources', object: 'trainer.tar.gz', generation}};
  }

  async archive(files: Readonly<Record<string, string>>): Promise<Buffer> {
    const cwd = await mkdtemp(join(this.folder, 'source-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    return buffer(create({gzip: true, cwd}, ['.']));
  }

  /** A request to build the speaker. */
  async request(change: cloudbuild_v1.Schema$Build = {}): Promise<cloudbuild_v1.Schema$Build> {
    return {
      source: this.upload(await this.archive(SPEAKER)),
      steps: [dockerBuild('-t', IMAGE, '--build-arg', 'WORD=hello', '.')],
      images: [IMAGE],
      ...change,
    };
  }

  /** Starts the cloud on the state that is there. */
  async start(): Promise<LocalCloudBuild> {
    const state = openState(join(this.folder, 'state'));
    const engine = await processEngine({state, cacheDir: join(this.folder, 'venvs')});
    const containers = namedContainers(state, engine);
    const registry = artifactRegistry(state);
    const service = cloudBuild({
      state,
      containers,
      push: registry.push,
      fetchObject: async (bucket, object, generation = '') => {
        const content = this.sources.get(generation);
        if (content === undefined) throw new ApiError('NOT_FOUND', `No such object: ${bucket}/${object}`);
        const stream = content === STALLED ? new Readable({read() {}}) : Readable.from([content]);
        this.#fetched.resolve(stream);
        return stream;
      },
      stepEnv: () => this.stepEnv,
      publish: (topic, {data, attributes = {}}) => {
        if (!this.topics.has(topic)) throw new ApiError('NOT_FOUND', `Resource not found: ${topic}`);
        this.notices.push({topic, attributes, build: JSON.parse(Buffer.from(data).toString())});
        this.#published.emit('notice');
        return '1';
      },
    });
    const app = httpServer();
    app.register(service.routes);
    app.register(registry.routes);
    const url = await app.listen({port: 0, host: '127.0.0.1'});
    await app.inject({
      method: 'POST',
      url: `/v1/${PARENT}/repositories?repositoryId=ml`,
      payload: {format: 'DOCKER'},
    });
    const client = new cloudbuild_v1.Cloudbuild({rootUrl: url, auth: 'no-key'});
    const {builds} = client.projects.locations;
    return {
      client,
      builds,
      containers,
      url,
      create: async (change) => {
        const {data} = await builds.create({parent: PARENT, requestBody: await this.request(change)});
        return data.metadata?.build;
      },
      async stop() {
        await service.close();
        await app.close();
        await containers.close();
        state.close();
      },
    };
  }

  /** The build as the first notice of this status showed it. */
  async noticed(status: string): Promise<cloudbuild_v1.Schema$Build> {
    for (;;) {
      const notice = this.notices.find(({attributes}) => attributes.status === status);
      if (notice !== undefined) return notice.build;
      await once(this.#published, 'notice');
    }
  }

  async remove(): Promise<void> {
    await rm(this.folder, {recursive: true});
  }
}

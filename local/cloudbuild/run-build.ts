import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import {extract} from 'tar';
import {ApiError} from '../api-error.ts';
import type {Containers} from '../containers/containers.ts';
import type {Build} from './build.ts';
import {BuildFailure} from './build-failure.ts';
import {readDockerStep} from './docker-step.ts';
import {isGcloudStep, runGcloudStep} from './gcloud-step.ts';

/** Reads an object of Cloud Storage; the latest generation when none is given. @throws ApiError NOT_FOUND. */
type FetchObject = (bucket: string, object: string, generation?: string) => Promise<Readable>;

/** What a build works with. */
export interface Workshop {
  readonly containers: Pick<Containers, 'build' | 'tag'>;
  /** Records a pushed image. @throws ApiError when the registry refuses it. */
  readonly push: (reference: string, digest: string) => void;
  readonly fetchObject: FetchObject;
  /** Variables of steps that are scripts, such as where the other services are; read at each start. */
  readonly stepEnv: () => Readonly<Record<string, string>>;
}

export interface Watch {
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Fetches the source, runs the steps, pushes the images.
 * @throws BuildFailure, or the signal's reason when it was ended early.
 */
export async function runBuild(
  build: Build,
  workshop: Workshop,
  watch: Watch,
): Promise<cloudbuild_v1.Schema$Results> {
  const workspace = await mkdtemp(join(tmpdir(), 'millrace-build-'));
  try {
    await fetchSource(build, workspace, {...workshop, ...watch});
    const built = await runSteps(build, workspace, {...workshop, ...watch});
    watch.signal.throwIfAborted();
    watch.log('PUSH');
    return {
      images: (build.images ?? []).map((reference) => pushImage(reference, built.get(reference), workshop)),
    };
  } finally {
    await rm(workspace, {recursive: true, force: true});
  }
}

async function fetchSource(
  {source}: Build,
  workspace: string,
  {fetchObject, log, signal}: Pick<Workshop, 'fetchObject'> & Watch,
): Promise<void> {
  const archive = source?.storageSource;
  if (!archive) return;
  const {bucket, object, generation} = archive;
  const uri = `gs://${bucket}/${object}${generation ? `#${generation}` : ''}`;
  log('FETCHSOURCE');
  log(`Fetching storage object: ${uri}`);
  try {
    if (object?.endsWith('.zip')) throw new Error('the local cloud unpacks .tar.gz only');
    const content = await fetchObject(bucket ?? '', object ?? '', generation ?? undefined);
    await pipeline(content, extract({cwd: workspace, strict: true}), {signal});
  } catch (error) {
    signal.throwIfAborted();
    throw BuildFailure.of('FETCH_SOURCE_FAILED', `failed to fetch ${uri}`, error);
  }
}

/** Returns the digests the steps built, by image reference; nobody else sees these names before the push. */
async function runSteps(
  {steps = []}: Build,
  workspace: string,
  shop: Pick<Workshop, 'containers' | 'stepEnv'> & Watch,
): Promise<ReadonlyMap<string, string>> {
  const built = new Map<string, string>();
  for (const [index, step] of steps.entries()) {
    const {name, args, dir} = step;
    shop.log(`Step #${index}: ${name} ${(args ?? []).join(' ')}`);
    const cwd = join(workspace, dir ?? '');
    const log = (line: string) => shop.log(`Step #${index}: ${line}`);
    try {
      if (isGcloudStep(step)) await runGcloudStep(step, {cwd, log, env: shop.stepEnv(), signal: shop.signal});
      else await runDockerStep(step, cwd, {...shop, log}, built);
    } catch (error) {
      shop.signal.throwIfAborted();
      throw BuildFailure.of('USER_BUILD_STEP', `build step ${index} "${name}" failed`, error);
    }
  }
  return built;
}

async function runDockerStep(
  step: cloudbuild_v1.Schema$BuildStep,
  cwd: string,
  {containers, log, signal}: Pick<Workshop, 'containers'> & Watch,
  built: Map<string, string>,
): Promise<void> {
  const docker = readDockerStep(step);
  const options = {
    buildArgs: docker.buildArgs,
    signal,
    ...(docker.dockerfile !== undefined && {dockerfile: join(cwd, docker.dockerfile)}),
  };
  const {digest} = await containers.build(join(cwd, docker.context), log, options);
  for (const reference of docker.references) built.set(reference, digest);
}

function pushImage(
  reference: string,
  digest: string | undefined,
  {containers, push}: Pick<Workshop, 'containers' | 'push'>,
): cloudbuild_v1.Schema$BuiltImage {
  const startTime = new Date().toISOString();
  if (digest === undefined) {
    throw new BuildFailure(
      'PUSH_IMAGE_NOT_FOUND',
      `An image does not exist locally with the tag: ${reference}`,
    );
  }
  try {
    push(reference, digest);
    containers.tag(digest, reference);
  } catch (error) {
    const denied = error instanceof ApiError && error.status === 'PERMISSION_DENIED';
    throw BuildFailure.of(
      denied ? 'PUSH_NOT_AUTHORIZED' : 'PUSH_FAILED',
      `failed to push ${reference}`,
      error,
    );
  }
  return {name: reference, digest, pushTiming: {startTime, endTime: new Date().toISOString()}};
}

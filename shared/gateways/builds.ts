import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import type {Config} from '../config.ts';
import {admissionObjectOf} from '../domain/admission.ts';
import {RetryableError} from '../errors.ts';
import type {Build, Builds} from '../job-ports.ts';
import {allPages, clientOptions, ENDED_OR_GONE, SEND_ONCE} from './google-api.ts';
import {once} from './once.ts';
import {call, must} from './service-error.ts';

const NOT_FOUND = 404;
const PACKAGE = 'trainer';
/** Tag of every build of ours. */
const OURS = 'millrace';
const PAGE_SIZE = 100;
const FAILED = new Set(['FAILURE', 'INTERNAL_ERROR', 'TIMEOUT', 'CANCELLED', 'EXPIRED']);

/** Cloud Build and Artifact Registry behind the {@link Builds} port. */
export function buildsGateway(config: Config): Builds {
  const {project, region, repository} = config;
  const parent = `projects/${project}/locations/${region}`;
  const imageUri = `${region}-docker.pkg.dev/${project}/${repository}/${PACKAGE}`;
  const cloudBuild = once(async () => {
    const {cloudbuild_v1} = await import('googleapis/build/src/apis/cloudbuild/v1.js');
    return new cloudbuild_v1.Cloudbuild(await clientOptions(config.rootUrls.cloudbuild));
  });
  const registry = once(async () => {
    const {artifactregistry_v1} = await import('googleapis/build/src/apis/artifactregistry/v1.js');
    return new artifactregistry_v1.Artifactregistry(await clientOptions(config.rootUrls.artifactregistry));
  });

  async function list(filter: string, doing: string): Promise<Build[]> {
    const builds = (await cloudBuild()).projects.locations.builds;
    const pages = allPages(doing, (pageToken) =>
      builds.list({parent, filter, pageSize: PAGE_SIZE, ...pageToken}),
    );
    const found: Build[] = [];
    for await (const {builds: page = []} of pages) {
      for (const build of page) found.push(buildOf(build.id ?? '', build, imageUri));
    }
    return found;
  }

  return {
    imageUri,
    async findImage(tag) {
      const tags = (await registry()).projects.locations.repositories.packages.tags;
      const name = `${parent}/repositories/${repository}/packages/${PACKAGE}/tags/${tag}`;
      const found = await call(`looking up image tag ${tag}`, () => tags.get({name}), [NOT_FOUND]);
      return found?.data.version?.split('/').at(-1);
    },
    async start({source, tag, effectKey, attempt}) {
      const image = `${imageUri}:${tag}`;
      const requestBody: cloudbuild_v1.Schema$Build = {
        source: {storageSource: {bucket: source.bucket, object: source.name, generation: source.generation}},
        steps: [
          enterStep(`gs://${config.buckets.admission}/${admissionObjectOf(effectKey, attempt)}`),
          {name: 'gcr.io/cloud-builders/docker', args: ['build', '-t', image, '.']},
        ],
        images: [image],
        tags: [OURS, effectKey, `attempt-${attempt}`],
        timeout: '1800s',
        options: {logging: 'CLOUD_LOGGING_ONLY'},
        ...(config.builderAccount === undefined
          ? {}
          : {serviceAccount: `projects/${project}/serviceAccounts/${config.builderAccount}`}),
      };
      const builds = (await cloudBuild()).projects.locations.builds;
      const created = await must('starting an image build', () =>
        builds.create({parent, requestBody}, SEND_ONCE),
      );
      const id = buildIdOf(created.data);
      if (id === undefined) throw new RetryableError('Cloud Build answered without a build id');
      return id;
    },
    async findByEffect(effectKey, attempt) {
      const found = await list(`tags="${effectKey}"`, `looking for a build of ${effectKey}`);
      return found.find((build) => build.attempt === attempt)?.id;
    },
    async read(id) {
      const builds = (await cloudBuild()).projects.locations.builds;
      const found = await call(`reading build ${id}`, () => builds.get({name: `${parent}/builds/${id}`}), [
        NOT_FOUND,
      ]);
      return found && buildOf(id, found.data, imageUri);
    },
    list: ({since}) => list(`tags="${OURS}" AND create_time>="${since}"`, 'listing our builds'),
    async cancel(id) {
      const builds = (await cloudBuild()).projects.locations.builds;
      const name = `${parent}/builds/${id}`;
      await call(`cancelling build ${id}`, () => builds.cancel({name, requestBody: {}}), ENDED_OR_GONE);
    },
  };
}

/**
 * Enters before anything is built, and fails when the attempt was given up. Without a `$`, which would be a substitution.
 * Both commands: https://cloud.google.com/sdk/gcloud/reference/storage
 */
function enterStep(uri: string): cloudbuild_v1.Schema$BuildStep {
  const enter = `printf entered | gcloud storage cp --if-generation-match=0 - ${uri}`;
  const hasEntered = `gcloud storage cat ${uri} | grep -qx entered`;
  return {
    id: 'enter',
    name: 'gcr.io/cloud-builders/gcloud',
    entrypoint: 'bash',
    args: ['-c', `${enter} || ${hasEntered}`],
  };
}

/** The operation's metadata carries the build; its schema is open in the client's types. */
function buildIdOf(operation: cloudbuild_v1.Schema$Operation): string | undefined {
  const build: unknown = operation.metadata?.build;
  return (build as cloudbuild_v1.Schema$Build | undefined)?.id ?? undefined;
}

function buildOf(id: string, build: cloudbuild_v1.Schema$Build, imageUri: string): Build {
  const image = build.images?.find((name) => name.startsWith(`${imageUri}:`));
  const digest = build.results?.images?.find(({name}) => name === image)?.digest;
  const why = build.failureInfo?.detail ?? build.statusDetail;
  const {createTime} = build;
  return {
    id,
    state: stateOf(build.status),
    ...(image === undefined ? {} : {tag: image.slice(imageUri.length + 1)}),
    ...(digest ? {digest} : {}),
    ...(why ? {why} : {}),
    ...(createTime ? {createTime} : {}),
    ...originOf(build.tags ?? []),
  };
}

function originOf(tags: readonly string[]): Pick<Build, 'effectKey' | 'attempt'> {
  const effectKey = tags.find((tag) => tag.startsWith('img-'));
  const attempt = tags.map((tag) => /^attempt-(\d+)$/.exec(tag)?.[1]).find((digits) => digits !== undefined);
  if (effectKey === undefined || attempt === undefined) return {};
  return {effectKey, attempt: Number(attempt)};
}

function stateOf(status: string | null | undefined): Build['state'] {
  if (status === 'SUCCESS') return 'succeeded';
  return FAILED.has(status ?? '') ? 'failed' : 'waiting';
}

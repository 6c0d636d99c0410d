import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import type {Config} from '../config.ts';
import {RetryableError} from '../errors.ts';
import type {Build, Builds} from '../ports.ts';
import {clientOptions, SEND_ONCE} from './google-api.ts';
import {once} from './once.ts';
import {call, must} from './service-error.ts';

const NOT_FOUND = 404;
const PACKAGE = 'trainer';
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
        steps: [{name: 'gcr.io/cloud-builders/docker', args: ['build', '-t', image, '.']}],
        images: [image],
        tags: [effectKey, `attempt-${attempt}`],
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
    async findByEffect(effectKey) {
      const builds = (await cloudBuild()).projects.locations.builds;
      const listed = await must(`looking for a build of ${effectKey}`, () =>
        builds.list({parent, filter: `tags="${effectKey}"`}),
      );
      const alive = listed.data.builds?.find(({status}) => !FAILED.has(status ?? ''));
      return alive?.id ?? undefined;
    },
    async read(id) {
      const builds = (await cloudBuild()).projects.locations.builds;
      const found = await call(`reading build ${id}`, () => builds.get({name: `${parent}/builds/${id}`}), [
        NOT_FOUND,
      ]);
      return found && buildOf(id, found.data, imageUri);
    },
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
  return {
    id,
    state: stateOf(build.status),
    ...(image === undefined ? {} : {tag: image.slice(imageUri.length + 1)}),
    ...(digest ? {digest} : {}),
    ...(why ? {why} : {}),
  };
}

function stateOf(status: string | null | undefined): Build['state'] {
  if (status === 'SUCCESS') return 'succeeded';
  return FAILED.has(status ?? '') ? 'failed' : 'waiting';
}

import {parseArgs} from 'node:util';
import type {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';

/** What a `docker build` step asks for. Paths are relative to the step's folder. */
export interface DockerBuild {
  readonly context: string;
  readonly dockerfile: string | undefined;
  readonly references: readonly string[];
  readonly buildArgs: Readonly<Record<string, string>>;
}

const BUILDER = /^gcr\.io\/cloud-builders\/docker(?:[:@].+)?$/;

const OPTIONS = {
  tag: {type: 'string', short: 't', multiple: true},
  file: {type: 'string', short: 'f'},
  'build-arg': {type: 'string', multiple: true},
  // Make a build faster, or its output shorter; the image is the same.
  'cache-from': {type: 'string', multiple: true},
  'no-cache': {type: 'boolean'},
  progress: {type: 'string'},
  pull: {type: 'boolean'},
  quiet: {type: 'boolean', short: 'q'},
} as const;

/**
 * Reads a build step of the Docker builder.
 * @throws an Error that says which part of the step the local cloud does not offer.
 */
export function readDockerStep({name, args, entrypoint}: cloudbuild_v1.Schema$BuildStep): DockerBuild {
  if (!BUILDER.test(name ?? '')) {
    throw new Error(
      `the local cloud has the builders gcr.io/cloud-builders/docker and gcloud only, not ${name}`,
    );
  }
  if (entrypoint) throw new Error('the local cloud offers the Docker builder without an entrypoint only');
  const [command, ...rest] = args ?? [];
  if (command !== 'build') {
    throw new Error(
      `the local cloud offers "docker build" only, not "docker ${command ?? ''}"; name images to push in "images"`,
    );
  }
  const {values, positionals} = parseArgs({args: rest, options: OPTIONS, allowPositionals: true});
  const [context, ...more] = positionals;
  if (context === undefined || more.length > 0)
    throw new Error('"docker build" requires exactly 1 argument.');
  const buildArgs = (values['build-arg'] ?? []).map((text): [string, string] => {
    const at = text.indexOf('=');
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  });
  return {
    context,
    dockerfile: values.file,
    references: values.tag ?? [],
    buildArgs: Object.fromEntries(buildArgs),
  };
}

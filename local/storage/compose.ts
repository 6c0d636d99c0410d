import type {Readable} from 'node:stream';
import type {storage_v1} from 'googleapis/build/src/apis/storage/v1.js';
import {z} from 'zod';
import {invalid} from './errors.ts';
import {type ObjectId, objectFields, type StoredObject} from './object-resource.ts';
import {ignored, int64, type SchemasOf} from './parse.ts';
import type {Preconditions} from './preconditions.ts';
import type {Stores} from './stores.ts';

const MAX_SOURCES = 32;

const source = z.strictObject({
  name: z.string(),
  generation: int64.nullish(),
  objectPreconditions: z.strictObject({ifGenerationMatch: int64.exactOptional()}).nullish(),
});

/** The body of a composition. */
export const composeBody = z.strictObject({
  kind: ignored,
  destination: objectFields.default({}),
  sourceObjects: z.array(source).default([]),
} satisfies SchemasOf<storage_v1.Schema$ComposeRequest>);

interface Composition extends ObjectId, z.output<typeof composeBody> {
  readonly conditions: Preconditions;
}

/**
 * Makes an object of the bytes of others in its bucket, one after the other. As in the real service it has no MD5.
 * @throws ApiError 400 for none or more than 32 sources, 404 or 412 for one that is not as demanded.
 * @see https://cloud.google.com/storage/docs/composite-objects
 */
export async function compose(
  {bodies, objects}: Pick<Stores, 'bodies' | 'objects'>,
  {destination, sourceObjects, ...draft}: Composition,
): Promise<StoredObject> {
  if (sourceObjects.length === 0) throw invalid('You must provide at least one source component.');
  if (sourceObjects.length > MAX_SOURCES) {
    throw invalid(
      `The number of source components provided (${sourceObjects.length}) exceeds the maximum (${MAX_SOURCES}).`,
    );
  }
  objects.demandCreatable(draft, draft.conditions);
  const sources = sourceObjects.map(({name, generation, objectPreconditions}) =>
    objects.read(
      {bucket: draft.bucket, name},
      {
        generation: generation ?? undefined,
        conditions: objectPreconditions ?? {},
      },
    ),
  );
  const {md5Hash: _, ...content} = await bodies.receive(
    joined(sources.map(({generation}) => bodies.read(generation))),
  );
  try {
    return objects.create({
      ...draft,
      fields: destination,
      content: {...content, componentCount: countOf(sources)},
    });
  } finally {
    bodies.discard(content.path);
  }
}

async function* joined(streams: readonly Readable[]): AsyncGenerator<Buffer> {
  try {
    for (const stream of streams) yield* stream;
  } finally {
    for (const stream of streams) stream.destroy();
  }
}

/** How many uploads are in the result: a source that was composed itself counts with all of its own. */
function countOf(sources: readonly StoredObject[]): number {
  return sources.reduce((sum, {componentCount}) => sum + (componentCount ?? 1), 0);
}

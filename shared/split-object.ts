import type {Readable} from 'node:stream';
import {DigestedBody} from './digested-body.ts';
import {type Baseline, type Drift, driftFrom} from './domain/profile/drift.ts';
import {assertNoDrift} from './domain/profile/drift-refusal.ts';
import {Profiler, type Sample} from './domain/profile/profiler.ts';
import {type Manifest, manifestOf} from './domain/split/manifest.ts';
import type {SplitDefinition} from './domain/split/split-definition.ts';
import {perStream, type SplitStatistics, STREAMS, type Stream} from './domain/split/split-statistics.ts';
import {Splitter} from './domain/split/splitter.ts';
import {PermanentError} from './errors.ts';
import type {ObjectInfo, Objects} from './ports.ts';

export interface SplitRequest {
  readonly source: ObjectInfo;
  readonly definition: SplitDefinition;
  readonly definitionDigest: string;
  /** Where the parts go. */
  readonly bucket: string;
  readonly folder: string;
  /** What the data are compared with. */
  readonly baseline?: Baseline | undefined;
}

/** What the reading found out. */
interface Findings {
  readonly statistics: SplitStatistics;
  readonly sample: Sample;
  readonly drift: Drift;
}

type Bodies = Readonly<Record<Stream, DigestedBody>>;

/**
 * Splits an object into its parts and the rejects, reading it once and writing all four as it goes; memory does not grow with the file.
 * Done again, it finds equal objects. The caller writes the manifest, last.
 * @throws PermanentError when the data cannot be used, naming the object and the place in it
 */
export async function splitObject(
  request: SplitRequest,
  objects: Pick<Objects, 'read' | 'create'>,
): Promise<Manifest> {
  const {source, definition, definitionDigest, bucket, folder} = request;
  const names = perStream((stream) => `${folder}/${stream}.${definition.data.format}`);
  const bodies = perStream(() => new DigestedBody());
  const input = await objects.read(source);
  const [findings, ...written] = await Promise.all([
    pump(input, request, bodies),
    ...STREAMS.map(
      async (stream) => [stream, await objects.create(bucket, names[stream], bodies[stream].bytes)] as const,
    ),
  ]).catch((error: unknown) => {
    abort(bodies, error);
    throw inObject(error, source);
  });
  const stored = perStream((stream) => ({object: '', crc32c: '', sha256: bodies[stream].sha256()}));
  for (const [stream, {name, crc32c}] of written) stored[stream] = {...stored[stream], object: name, crc32c};
  const {bucket: inputBucket, name: object, generation, sizeBytes: size, crc32c} = source;
  const manifestInput = {bucket: inputBucket, object, generation, size, crc32c};
  return manifestOf({input: manifestInput, definitionDigest, definition, stored, ...findings});
}

/** Whether the reading or a writing failed: ends the others, which would wait for each other for ever. */
function abort(bodies: Bodies, error: unknown): void {
  for (const stream of STREAMS)
    bodies[stream].bytes.destroy(error instanceof Error ? error : new Error(String(error)));
}

/** The parts are finished last: data that are refused at the end leave none. */
async function pump(
  input: Readable,
  {definition, baseline}: SplitRequest,
  bodies: Bodies,
): Promise<Findings> {
  const splitter = new Splitter(definition);
  const profiler = new Profiler(definition.data, baseline?.profile);
  for await (const chunk of input) {
    for (const piece of splitter.push(chunk)) await bodies[piece.stream].write(piece.bytes);
    profiler.push(chunk);
  }
  const {pieces, statistics} = splitter.finish();
  const sample = profiler.finish();
  const {drift: rules} = definition.data;
  const drift = driftFrom(baseline, sample.profile, rules.limit);
  assertNoDrift(drift, rules);
  for (const piece of pieces) await bodies[piece.stream].write(piece.bytes);
  for (const stream of STREAMS) bodies[stream].bytes.end();
  return {statistics, sample, drift};
}

/** The splitter knows the line or byte; here the object is added. */
function inObject(error: unknown, {bucket, name, generation}: ObjectInfo): unknown {
  if (!(error instanceof PermanentError) || error.where?.startsWith('gs://')) return error;
  const object = `gs://${bucket}/${name}#${generation}`;
  const where = error.where === undefined ? object : `${object}, ${error.where}`;
  return new PermanentError(error.code, error.message, {
    where,
    cause: error,
    ...(error.hint ? {hint: error.hint} : {}),
  });
}

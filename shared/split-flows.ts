import {DigestedBody} from './digested-body.ts';
import {type Baseline, type Drift, driftFrom} from './domain/profile/drift.ts';
import {assertNoDrift} from './domain/profile/drift-refusal.ts';
import {Profiler, type Sample} from './domain/profile/profiler.ts';
import {type Manifest, manifestOf} from './domain/split/manifest.ts';
import type {RecordSample} from './domain/split/record-sample.ts';
import type {SplitDefinition} from './domain/split/split-definition.ts';
import {perStream, type SplitStatistics, STREAMS, type Stream} from './domain/split/split-statistics.ts';
import {type Piece, Splitter} from './domain/split/splitter.ts';
import {PermanentError} from './errors.ts';
import type {Objects} from './object-ports.ts';

/** Bytes to be split, one after the other. */
export interface Flow {
  readonly bytes: AsyncIterable<Buffer>;
  /** Where its records may go, when that is known before; such a flow ends where a record ends. */
  readonly only?: readonly Stream[];
}

export interface SplitRequest {
  readonly definition: SplitDefinition;
  readonly definitionDigest: string;
  /** Where the parts go. */
  readonly bucket: string;
  readonly folder: string;
  /** What the data are compared with. */
  readonly baseline?: Baseline | undefined;
}

/** What the manifest tells of the source. */
export interface SplitSource {
  readonly input: Manifest['input'];
  readonly staged?: Manifest['staged'];
  /** Of JSON Lines, when they are not those of the first record. */
  readonly columns?: readonly string[] | undefined;
  /** For complaints: a URI. */
  readonly where: string;
}

/** What the reading found out. */
interface Findings {
  readonly statistics: SplitStatistics;
  readonly records: RecordSample;
  readonly sample: Sample;
  readonly drift: Drift;
}

type Bodies = Readonly<Record<Stream, DigestedBody>>;

/**
 * Splits records into parts and rejects, reading them once and writing all four as it goes; memory does not grow with the data.
 * Done again, it finds equal objects. The caller writes the manifest, last.
 * @throws PermanentError when the data cannot be used, naming the source and the place in it
 */
export async function splitFlows(
  flows: AsyncIterable<Flow>,
  source: SplitSource,
  request: SplitRequest,
  objects: Pick<Objects, 'create'>,
): Promise<Manifest> {
  const {definition, definitionDigest, bucket, folder} = request;
  const names = perStream((stream) => `${folder}/${stream}.${definition.data.format}`);
  const bodies = perStream(() => new DigestedBody());
  const [findings, ...written] = await Promise.all([
    pump(flows, {...request, columns: source.columns}, bodies),
    ...STREAMS.map(
      async (stream) => [stream, await objects.create(bucket, names[stream], bodies[stream].bytes)] as const,
    ),
  ]).catch((error: unknown) => {
    abort(bodies, error);
    throw inSource(error, source.where);
  });
  const stored = perStream((stream) => ({object: '', crc32c: '', sha256: bodies[stream].sha256()}));
  for (const [stream, {name, crc32c}] of written) stored[stream] = {...stored[stream], object: name, crc32c};
  const {input, staged} = source;
  return manifestOf({input, staged, definitionDigest, definition, stored, ...findings});
}

/** Whether the reading or a writing failed: ends the others, which would wait for each other for ever. */
function abort(bodies: Bodies, error: unknown): void {
  for (const stream of STREAMS)
    bodies[stream].bytes.destroy(error instanceof Error ? error : new Error(String(error)));
}

/** The parts are finished last: data that are refused at the end leave none. */
async function pump(
  flows: AsyncIterable<Flow>,
  {definition, baseline, columns}: SplitRequest & Pick<SplitSource, 'columns'>,
  bodies: Bodies,
): Promise<Findings> {
  const splitter = new Splitter(definition, columns);
  const profiler = new Profiler(definition.data, baseline?.profile, columns);
  for await (const {bytes, only} of flows) {
    for await (const chunk of bytes) {
      for (const piece of splitter.push(chunk)) await write(piece, bodies, only);
      profiler.push(chunk);
    }
    if (only === undefined) continue;
    for (const piece of splitter.flush()) await write(piece, bodies, only);
  }
  const {pieces, statistics} = splitter.finish();
  const sample = profiler.finish();
  const {drift: rules} = definition.data;
  const drift = driftFrom(baseline, sample.profile, rules.limit);
  assertNoDrift(drift, rules);
  for (const piece of pieces) await write(piece, bodies);
  for (const stream of STREAMS) bodies[stream].bytes.end();
  return {statistics, records: splitter.sample(), sample, drift};
}

async function write({stream, bytes}: Piece, bodies: Bodies, only: Flow['only'] = STREAMS): Promise<void> {
  if (only.includes(stream)) return bodies[stream].write(bytes);
  throw new PermanentError(
    'SPLIT_DISAGREES',
    `BigQuery sent a record to the ${only[0]} part whose key belongs to the ${stream} part.`,
    {hint: 'Look at its key: BigQuery reads 7.0 as another key than 7, and the first of two equal names.'},
  );
}

/** Who reads bytes knows the line or byte; here the source is added. */
export function inSource(error: unknown, source: string): unknown {
  if (!(error instanceof PermanentError) || error.where?.startsWith('gs://')) return error;
  const where = error.where === undefined ? source : `${source}, ${error.where}`;
  return new PermanentError(error.code, error.message, {
    where,
    cause: error,
    ...(error.hint ? {hint: error.hint} : {}),
  });
}

import {createHash} from 'node:crypto';
import {dirname} from 'node:path/posix';
import {sha256Hex} from '../shared/domain/ids.ts';
import type {Baseline} from '../shared/domain/profile/drift.ts';
import {parseGcsUri} from '../shared/domain/run-folder.ts';
import type {Manifest} from '../shared/domain/split/manifest.ts';
import {STREAMS, type Stream} from '../shared/domain/split/split-statistics.ts';
import {tableUri} from '../shared/domain/table.ts';
import {PermanentError} from '../shared/errors.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import {Crc32c} from '../shared/gateways/crc32c.ts';
import type {ObjectInfo, Objects} from '../shared/object-ports.ts';
import type {Ports} from '../shared/ports.ts';
import {readManifest} from '../shared/read-manifest.ts';
import {sealSplit} from '../shared/seal-split.ts';
import {splitObject} from '../shared/split-object.ts';
import {type Difference, differencesBetween} from './differences.ts';

export interface Verification {
  /** `gs://` URI of the manifest. */
  readonly manifest: string;
  readonly identical: boolean;
  /** Between what the manifest says and what the split made again, or the stored objects, say. */
  readonly differences: readonly Difference[];
}

/**
 * Makes a split again from the generation it was made from, writing nothing, and compares every field of the manifest and every
 * stored byte.
 * @param name `gs://` URI of a manifest, or the id of its run, which also knows the manifest's digest
 * @throws PermanentError NO_SUCH_RUN, RUN_INCOMPLETE, MANIFEST_UNREADABLE or INPUT_GONE when there is nothing to compare
 */
export async function verify(name: string, ports: Ports): Promise<Verification> {
  const isUri = name.startsWith('gs://');
  const facts = isUri ? undefined : factOf(await findRun(name, ports), 'split');
  const uri = facts?.manifest ?? name;
  const {manifest, bucket, sha256} = await openManifest(uri, ports);
  const digests =
    facts === undefined ? [] : differencesBetween(facts.manifestSha256, sha256, 'manifest.sha256');
  const again: unknown = JSON.parse(JSON.stringify(await splitAgain(manifest, bucket, ports)));
  const differences = [...digests, ...differencesBetween(manifest, again)];
  // One after the other: at once they would be four downloads in memory, and no faster.
  for (const stream of STREAMS)
    differences.push(...(await storedDifferences(stream, manifest, bucket, ports)));
  return {manifest: uri, identical: differences.length === 0, differences};
}

interface OpenManifest {
  readonly manifest: Manifest;
  readonly bucket: string;
  readonly sha256: string;
}

async function openManifest(uri: string, ports: Ports): Promise<OpenManifest> {
  const place = parseGcsUri(uri);
  const file = place && (await ports.objects.find(place.bucket, place.name));
  const manifest = file && (await readManifest(uri, ports));
  if (file === undefined || manifest === undefined) {
    throw new PermanentError('MANIFEST_UNREADABLE', 'there is no manifest of this version here', {
      where: uri,
      hint: 'Give the id of a run that was split, or the gs:// URI of its manifest.json.',
    });
  }
  return {manifest, bucket: file.bucket, sha256: sha256Hex(await ports.objects.readText(file))};
}

async function splitAgain(manifest: Manifest, bucket: string, ports: Ports): Promise<Manifest> {
  const {input, staged, definition, definitionDigest, drift, parts} = manifest;
  const folder = dirname(parts.training.object);
  const baseline = drift.against === null ? undefined : await readBaseline(drift.against, ports);
  const request = {definition, definitionDigest, bucket, folder, baseline};
  const objects = measuring(ports.objects);
  const where =
    'table' in input ? tableUri(input) : `gs://${input.bucket}/${input.object}#${input.generation}`;
  if (staged !== undefined && 'table' in input)
    return sealSplit({...request, input, staged, source: undefined, where}, objects);
  const source =
    'table' in input ? undefined : await ports.objects.find(input.bucket, input.object, input.generation);
  if (source === undefined) {
    throw new PermanentError('INPUT_GONE', 'the generation that was split is not there any more', {
      where,
      hint: 'A bucket with object versioning keeps what is replaced or deleted.',
    });
  }
  if (staged !== undefined) return sealSplit({...request, input, staged, source, where}, objects);
  return splitObject({...request, source}, objects);
}

async function readBaseline(against: Omit<Baseline, 'profile'>, ports: Ports): Promise<Baseline> {
  return {...against, profile: (await readManifest(against.manifest, ports))?.profile};
}

/** Objects that are read as ever and written nowhere, only measured. */
function measuring(objects: Objects): Objects {
  return {
    ...objects,
    async create(bucket, name, body): Promise<ObjectInfo> {
      const sum = new Crc32c();
      let sizeBytes = 0;
      for await (const chunk of typeof body === 'string' ? [Buffer.from(body)] : body) {
        sum.update(chunk);
        sizeBytes += chunk.length;
      }
      return {bucket, name, generation: '0', sizeBytes, crc32c: sum.toString()};
    },
  };
}

async function storedDifferences(
  stream: Stream,
  manifest: Manifest,
  bucket: string,
  {objects}: Ports,
): Promise<readonly Difference[]> {
  const {object, bytes, sha256, crc32c} = stream === 'rejects' ? manifest.rejects : manifest.parts[stream];
  const field = `stored.${stream}`;
  const file = await objects.find(bucket, object);
  if (file === undefined) return [{field, written: object, found: undefined}];
  const found = {...(await measure(file, objects)), crc32c: file.crc32c};
  return differencesBetween({bytes, sha256, crc32c}, found, field);
}

async function measure(file: ObjectInfo, objects: Objects): Promise<{bytes: number; sha256: string}> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of await objects.read(file)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return {bytes, sha256: hash.digest('hex')};
}

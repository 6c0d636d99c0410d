import type {Readable} from 'node:stream';
import type {InputObstacle} from './domain/split/input-obstacle.ts';

/** An object's metadata; `sizeBytes` counts stored bytes. */
export interface ObjectInfo {
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
  readonly sizeBytes: number;
  readonly crc32c: string;
  readonly obstacle?: InputObstacle;
}

export interface ListedObject extends ObjectInfo {
  /** When this generation was finalized, in milliseconds. */
  readonly createdAtMs: number;
}

/** Cloud Storage. Reads are pinned to a generation; writes create only. */
export interface Objects {
  /** The object now, or the given generation of it; undefined when it is not there. */
  find(bucket: string, name: string, generation?: string): Promise<ObjectInfo | undefined>;
  /**
   * Its bytes, gunzipped when they are gzip by content. A reader who gets to the end has read what the CRC-32C is of.
   * @throws PermanentError INPUT_GONE, GZIP_TRUNCATED, GZIP_CORRUPT or INFLATE_RATIO, while it is read
   */
  read(object: ObjectInfo): Promise<Readable>;
  readText(object: ObjectInfo): Promise<string>;
  /** The first bytes as they are stored, all of them when there are fewer. @throws PermanentError INPUT_GONE */
  readHead(object: ObjectInfo, bytes: number): Promise<Buffer>;
  /** All whose names begin so, by name. */
  listUnder(bucket: string, prefix: string): Promise<ObjectInfo[]>;
  /** Gives the bytes of one generation another name, once: what is there already counts as copied. @throws PermanentError INPUT_GONE */
  copy(from: ObjectInfo, bucket: string, name: string): Promise<ObjectInfo>;
  /** SHA-256 of the bytes as they are stored, in hex. @throws as `read` */
  sha256(object: ObjectInfo): Promise<string>;
  /** Creates an object as its bytes come; an equal one that is there already is the result of an earlier try and counts as written. @throws PermanentError INTEGRITY when a different one is there */
  create(bucket: string, name: string, body: Readable | string): Promise<ObjectInfo>;
  /** One page of a bucket's objects in the order of their names, beginning after a name. */
  list(bucket: string, after: string | undefined, limit: number): Promise<readonly ListedObject[]>;
  /** Writes or replaces: for people's uploads, never for a stage's output. */
  put(bucket: string, name: string, body: Readable | string): Promise<ObjectInfo>;
}

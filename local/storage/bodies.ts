import {randomUUID} from 'node:crypto';
import {createReadStream, linkSync, openSync, readdirSync, rmSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {State} from '../state.ts';
import {Checksums} from './checksums.ts';
import type {Content} from './content.ts';
import type {StoredObject} from './object-resource.ts';

const BUFFER_BYTES = 1024 * 1024;

/** Part of a body; both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The bytes of objects and of uploads under way, as files. An object's file is named by its generation and never changes;
 * a reader keeps the bytes it opened, whatever happens to the name.
 */
export class Bodies {
  readonly #objects: string;
  readonly #uploads: string;

  constructor(state: State) {
    this.#objects = state.folder('objects');
    this.#uploads = state.folder('uploads');
  }

  /** The content of an object, to make another of it. */
  contentOf(object: StoredObject): Content {
    return {
      path: this.#path(object.generation),
      sizeBytes: Number(object.size),
      crc32c: object.crc32c,
      ...(object.md5Hash !== undefined && {md5Hash: object.md5Hash}),
      ...(object.componentCount && {componentCount: object.componentCount}),
    };
  }

  /** Where an upload's bytes gather. */
  uploadPath(upload: string): string {
    return join(this.#uploads, upload);
  }

  /** Takes all bytes of a new upload into a file of its own; leaves nothing when the source breaks off. */
  async receive(chunks: AsyncIterable<Uint8Array>): Promise<Content> {
    const path = this.uploadPath(randomUUID());
    const checksums = new Checksums();
    try {
      await this.append(path, chunks, checksums);
      return {path, sizeBytes: checksums.sizeBytes, ...checksums.sums()};
    } catch (error) {
      this.discard(path);
      throw error;
    }
  }

  /**
   * Appends bytes to an upload and to its sums, no faster than the disk takes them. When the source breaks off, what was
   * written stays in the file and the sums are of no use any more.
   */
  async append(path: string, chunks: AsyncIterable<Uint8Array>, checksums: Checksums): Promise<void> {
    const file = await open(path, 'a');
    try {
      const sink = file.createWriteStream({highWaterMark: BUFFER_BYTES});
      await pipeline(summed(chunks, checksums), sink);
    } finally {
      await file.close();
    }
  }

  /** Sums up what an upload has so far; nothing for a file that is not there yet. */
  async checksumsOf(path: string): Promise<Checksums> {
    const checksums = new Checksums();
    const file = await open(path, 'a+');
    for await (const chunk of file.createReadStream({start: 0, highWaterMark: BUFFER_BYTES})) {
      checksums.update(chunk);
    }
    return checksums;
  }

  /** Gives the content to a generation. Both names hold the bytes until one is removed. */
  keep(content: Content, generation: string): void {
    linkSync(content.path, this.#path(generation));
  }

  /** Opens a body at once, so that the caller reads it to the end even if it is removed meanwhile. */
  read(generation: string, range?: ByteRange): Readable {
    const path = this.#path(generation);
    return createReadStream(path, {
      fd: openSync(path, 'r'),
      highWaterMark: BUFFER_BYTES,
      ...(range && {start: range.first, end: range.last}),
    });
  }

  /** Forgets an object's bytes. */
  remove(generation: string): void {
    rmSync(this.#path(generation), {force: true});
  }

  /** Forgets an upload's bytes. */
  discard(path: string): void {
    rmSync(path, {force: true});
  }

  /** Removes what a killed process left behind: files of no object and of no resumable upload. */
  removeOrphans(generations: ReadonlySet<string>, uploads: ReadonlySet<string>): void {
    const orphans = (folder: string, live: ReadonlySet<string>) =>
      readdirSync(folder)
        .filter((name) => !live.has(name))
        .map((name) => join(folder, name));
    for (const path of [...orphans(this.#objects, generations), ...orphans(this.#uploads, uploads)]) {
      rmSync(path);
    }
  }

  #path(generation: string): string {
    return join(this.#objects, generation);
  }
}

async function* summed(chunks: AsyncIterable<Uint8Array>, checksums: Checksums) {
  for await (const chunk of chunks) {
    checksums.update(chunk);
    yield chunk;
  }
}

import {randomUUID} from 'node:crypto';
import type {Collection, State} from '../state.ts';
import type {Bodies} from './bodies.ts';
import {type Checksums, demandSums, type Sums} from './checksums.ts';
import {notFound} from './errors.ts';
import type {ObjectFields, ObjectId, StoredObject} from './object-resource.ts';
import type {Objects} from './objects.ts';
import type {Preconditions} from './preconditions.ts';
import {demandContinues, isWhole, newBytes, type UploadRange} from './upload-range.ts';

const LIFE_MS = 7 * 24 * 3600 * 1000;

/** What a resumable upload is to become. */
export interface Intent extends ObjectId {
  readonly fields: ObjectFields;
  readonly promised: Sums;
  readonly conditions: Preconditions;
}

/** One request of an upload. */
export interface UploadPart {
  readonly range: UploadRange;
  readonly promised: Sums;
  readonly chunks: AsyncIterable<Buffer>;
  /** Makes `chunks` fail, unless all of them have arrived. */
  breakOff(): void;
}

/** How far an upload is: the object made of it, or how many bytes the server has. */
export type Progress = {readonly object: StoredObject} | {readonly receivedBytes: number};

interface Session extends Intent {
  readonly startedAtMs: number;
  /** The object, once it is made. */
  readonly finished?: StoredObject;
}

interface Turn {
  readonly part: UploadPart;
  /** Settles, never rejecting, when the turn touches the upload no more. */
  readonly over: Promise<unknown>;
}

/**
 * Uploads in several requests. What has arrived lies in a file, so a client goes on where it was after a broken connection or
 * a restart of the server. Of two requests for one upload the later wins: the earlier belongs to a connection given up.
 */
export class ResumableUploads {
  readonly #sessions: Collection<Session>;
  readonly #bodies: Bodies;
  readonly #objects: Objects;
  readonly #turns = new Map<string, Turn>();
  /** Sums of what lies in the files; made again from the file when missing. */
  readonly #checksums = new Map<string, Checksums>();

  constructor(state: State, bodies: Bodies, objects: Objects) {
    this.#sessions = state.collection('storage.sessions');
    this.#bodies = bodies;
    this.#objects = objects;
  }

  /** Begins an upload and names it. @throws ApiError for an object that could not be created now. */
  start(intent: Intent): string {
    this.#objects.demandCreatable(intent, intent.conditions);
    const id = randomUUID();
    this.#sessions.set(id, {...intent, startedAtMs: Date.now()});
    return id;
  }

  /**
   * Takes a request's bytes, if it has any, and makes the object when they were the last.
   * @throws ApiError 404 for an unknown upload, 400 for a range that does not fit or, at the end, wrong sums, and what
   * creating the object throws; a failed end forgets the upload.
   */
  async receive(id: string, part: UploadPart): Promise<Progress> {
    const earlier = this.#interrupt(id);
    const progress = earlier.then(() => this.#advance(id, part));
    const turn = {part, over: progress.catch(() => undefined)};
    this.#turns.set(id, turn);
    try {
      return await progress;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  /** Ends an upload without an object. @throws ApiError 404. */
  async cancel(id: string): Promise<void> {
    this.#find(id);
    await this.#interrupt(id);
    this.#forget(id);
  }

  /** Forgets uploads older than a week and names those whose bytes are still needed. */
  prune(): Set<string> {
    for (const [id, {startedAtMs}] of [...this.#sessions.entries()]) {
      if (Date.now() - startedAtMs > LIFE_MS) this.#sessions.delete(id);
    }
    return new Set([...this.#sessions.entries()].flatMap(([id, {finished}]) => (finished ? [] : id)));
  }

  async #interrupt(id: string): Promise<unknown> {
    const turn = this.#turns.get(id);
    turn?.part.breakOff();
    return turn?.over;
  }

  async #advance(id: string, part: UploadPart): Promise<Progress> {
    const session = this.#find(id);
    if (session.finished) return {object: session.finished};
    const path = this.#bodies.uploadPath(id);
    const checksums = this.#checksums.get(id) ?? (await this.#bodies.checksumsOf(path));
    // Until the bytes are safely in the file the sums may be ahead of it.
    this.#checksums.delete(id);
    if (part.range.first !== undefined) {
      demandContinues(part.range, checksums.sizeBytes);
      const bytes = newBytes(part.chunks, part.range, checksums.sizeBytes);
      await this.#bodies.append(path, bytes, checksums);
    }
    this.#checksums.set(id, checksums);
    if (!isWhole(part.range, checksums.sizeBytes)) return {receivedBytes: checksums.sizeBytes};
    return {object: this.#finish(id, session, checksums, part.promised)};
  }

  #finish(id: string, session: Session, checksums: Checksums, promised: Sums): StoredObject {
    const path = this.#bodies.uploadPath(id);
    const sums = checksums.sums();
    try {
      demandSums(session.promised, sums);
      demandSums(promised, sums);
      const content = {path, sizeBytes: checksums.sizeBytes, ...sums};
      return this.#objects.create({...session, content}, (finished) =>
        this.#sessions.set(id, {...session, finished}),
      );
    } catch (error) {
      this.#sessions.delete(id);
      throw error;
    } finally {
      this.#checksums.delete(id);
      this.#bodies.discard(path);
    }
  }

  #find(id: string): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw notFound(`No such resumable upload: ${id}`);
    return session;
  }

  #forget(id: string): void {
    this.#sessions.delete(id);
    this.#checksums.delete(id);
    this.#bodies.discard(this.#bodies.uploadPath(id));
  }
}

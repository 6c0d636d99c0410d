import {PermanentError} from '../../errors.ts';
import {bytesAt, type Kernel, type Pointer, startKernel} from '../../split-kernel/kernel.ts';
import {CsvRouter} from './csv-router.ts';
import {assertNoNul, assertUtf8, byteOrderMarkLength} from './file-text.ts';
import {JsonlRouter} from './jsonl-router.ts';
import {assertLength, MAX_RECORD_BYTES, recordTooLarge} from './record-cutter.ts';
import type {RecordRouter} from './record-router.ts';
import {type RecordSample, readSample} from './record-sample.ts';
import {PARTS, partOfBucket, type SplitDefinition} from './split-definition.ts';
import {assertUsable} from './split-refusal.ts';
import {readStatistics, type SplitStatistics, STREAMS, type Stream} from './split-statistics.ts';

/** Bytes that are read at once. The window and what becomes of it stay in a core's own cache. */
export const WINDOW_BYTES = 256 * 1024;

/** A stream's bytes are handed out when there are as many, so that small parts are not written in crumbs. */
const PIECE_BYTES = 256 * 1024;

/** The text at hand: the beginning of a record, and the next window. */
const TEXT_BYTES = MAX_RECORD_BYTES + WINDOW_BYTES;

/** The next bytes of one stream. They lie in memory that is used again for the next piece. */
export interface Piece {
  readonly stream: Stream;
  readonly bytes: Buffer;
}

export interface SplitEnd {
  readonly pieces: readonly Piece[];
  readonly statistics: SplitStatistics;
}

/**
 * Splits a file of plain text that arrives in chunks. Every record goes byte for byte to the part its key's hash points at,
 * malformed ones to the rejects; a CSV header goes to each part. Nothing depends on where the chunks were cut.
 * All methods throw PermanentError when the file cannot be used; what they gave before is then worthless.
 */
export class Splitter {
  readonly #definition: SplitDefinition;
  readonly #kernel = startKernel();
  readonly #router: RecordRouter;
  readonly #text: Pointer;
  /** Bytes of a record that was not whole when the last window ended; they lie before the window. */
  #rest = 0;
  /** Bytes in the window. */
  #filled = 0;
  /** Where the text at hand begins in the file. */
  #offset = 0;
  #isOpen = false;

  /** @param columns of JSON Lines, when they are not those of the first line */
  constructor(definition: SplitDefinition, columns?: readonly string[]) {
    this.#definition = definition;
    this.#kernel.allocateStreams(TEXT_BYTES + PIECE_BYTES);
    this.#text = this.#kernel.allocateText(TEXT_BYTES);
    const key = prepare(definition, this.#kernel);
    this.#router =
      definition.data.format === 'csv'
        ? new CsvRouter(definition, this.#kernel)
        : new JsonlRouter(definition, this.#kernel, key, columns);
  }

  /** What this chunk adds to the streams; to be taken to the end. The chunk's memory may be used again afterwards. */
  *push(chunk: Uint8Array): Iterable<Piece> {
    for (let taken = 0; taken < chunk.length; ) {
      const {room} = this;
      const bytes = chunk.subarray(taken, taken + room.length);
      room.set(bytes);
      taken += bytes.length;
      yield* this.take(bytes.length);
    }
  }

  /** Where a reader may put the file's next bytes instead of pushing them; `take` makes the view useless. */
  get room(): Buffer {
    return this.#bytes(this.#rest + this.#filled, WINDOW_BYTES - this.#filled);
  }

  /** What the bytes at the beginning of the room add to the streams; to be taken to the end. */
  *take(length: number): Iterable<Piece> {
    this.#filled += length;
    if (this.#filled < WINDOW_BYTES) return;
    this.#route();
    yield* this.#pieces(PIECE_BYTES);
  }

  /** All there is in the streams, after bytes that end where a record ends. */
  *flush(): Iterable<Piece> {
    this.#route();
    yield* this.#pieces(1);
  }

  finish(): SplitEnd {
    if (!this.#isOpen && this.#filled === 0) {
      throw new PermanentError('DATA_EMPTY', 'The file is empty.', {
        hint: 'Upload the data again; this object has 0 bytes.',
      });
    }
    this.#route();
    this.#routeRest();
    const pieces = [...this.#pieces(1)];
    const statistics = readStatistics(this.#kernel, this.#router, this.#definition.split.buckets);
    assertUsable(statistics, this.#definition);
    return {pieces, statistics};
  }

  /** Records to read again, once the splitter has finished. */
  sample(): RecordSample {
    return readSample(this.#kernel);
  }

  /** Routes the records that end in the window. */
  #route(): void {
    const length = this.#rest + this.#filled;
    const mark = this.#isOpen ? 0 : byteOrderMarkLength(this.#bytes(0, length));
    this.#isOpen = true;
    const unseen = Math.max(this.#rest, mark);
    assertNoNul(this.#bytes(unseen, length - unseen), this.#offset + unseen);
    const whole = this.#router.route(this.#text + mark, this.#text + length, false) - this.#text;
    this.#assertNoneOversized();
    assertUtf8(this.#bytes(mark, whole - mark), this.#offset + mark);
    this.#keep(whole, length);
    assertLength(this.#bytes(0, this.#rest), this.#kernel.getLine());
    this.#router.assertFits();
  }

  /** Moves the record that is not whole to where the next window is put behind it. */
  #keep(from: number, end: number): void {
    this.#bytes(0, end).copyWithin(0, from, end);
    this.#offset += from;
    this.#rest = end - from;
    this.#filled = 0;
  }

  /** Routes the last record, which the end of the file made whole. */
  #routeRest(): void {
    if (this.#rest === 0) return;
    assertUtf8(this.#bytes(0, this.#rest), this.#offset);
    this.#router.route(this.#text, this.#text + this.#rest, true);
    this.#router.assertFits();
  }

  #assertNoneOversized(): void {
    const line = this.#kernel.getOversizedLine();
    if (line > 0) throw recordTooLarge(line);
  }

  /** The streams of which there are so many bytes. */
  *#pieces(least: number): Iterable<Piece> {
    for (const [index, stream] of STREAMS.entries()) {
      const length = this.#kernel.streamLength(index);
      if (length < least) continue;
      yield {stream, bytes: bytesAt(this.#kernel, this.#kernel.streamBuffer(index), length)};
      this.#kernel.clearStream(index);
    }
  }

  /** Of the text at hand; a view that allocating makes useless. */
  #bytes(from: number, length: number): Buffer {
    return bytesAt(this.#kernel, this.#text + from, length);
  }
}

/** Tells the kernel all that does not depend on the data; returns where it has room for a key, behind the salt. */
function prepare({split}: SplitDefinition, kernel: Kernel): Pointer {
  for (const part of partOfBucket(split)) kernel.addBucket(PARTS.indexOf(part));
  const salt = Buffer.from(split.salt);
  const fields = split.key === 'row' ? ['row'] : split.key;
  const mostRepeated = Math.max(...Array.from(Map.groupBy(fields, String).values(), ({length}) => length));
  const at = kernel.allocateKey(salt.length, fields.length, mostRepeated * MAX_RECORD_BYTES);
  bytesAt(kernel, at, salt.length).set(salt);
  return at + salt.length;
}

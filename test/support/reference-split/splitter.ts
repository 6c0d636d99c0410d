import type {RecordSample} from '../../../shared/domain/split/record-sample.ts';
import {
  PARTS,
  type Part,
  partOfBucket,
  type SplitDefinition,
} from '../../../shared/domain/split/split-definition.ts';
import {assertUsable} from '../../../shared/domain/split/split-refusal.ts';
import {
  perStream,
  type SplitStatistics,
  STREAMS,
  type Stream,
} from '../../../shared/domain/split/split-statistics.ts';
import {PermanentError} from '../../../shared/errors.ts';
import {CsvRows} from './csv-rows.ts';
import {bucketOf, fingerprint64} from './fingerprint.ts';
import {JsonlRows} from './jsonl-rows.ts';
import {RecordSampler} from './record-sampler.ts';
import type {Row, RowReader} from './row.ts';
import {SplitTally} from './split-tally.ts';

/** The next bytes of one stream. The memory is the receiver's. */
export interface PartChunk {
  readonly stream: Stream;
  readonly bytes: Uint8Array;
}

export interface SplitEnd {
  readonly chunks: readonly PartChunk[];
  readonly statistics: SplitStatistics;
  readonly sample: RecordSample;
}

/**
 * Splits a file of plain text that arrives in chunks. Every record goes byte for byte to the part its key's hash points at,
 * malformed ones to the rejects; a CSV header goes to each part. The streams do not depend on where the chunks were cut.
 * Both methods throw PermanentError when the file cannot be used; what they returned before is then worthless.
 */
export class ReferenceSplitter {
  readonly #definition: SplitDefinition;
  readonly #reader: RowReader;
  readonly #salt: Buffer;
  readonly #parts: readonly Part[];
  readonly #tally: SplitTally;
  readonly #sampler = new RecordSampler();
  #isEmpty = true;

  constructor(definition: SplitDefinition) {
    const {data, split} = definition;
    this.#definition = definition;
    this.#reader = data.format === 'csv' ? new CsvRows(definition) : new JsonlRows(definition);
    this.#salt = Buffer.from(split.salt);
    this.#parts = partOfBucket(split);
    this.#tally = new SplitTally(split.buckets);
  }

  /** What this chunk adds to the streams, at most one piece for each. The chunk's memory may be used again afterwards. */
  push(chunk: Uint8Array): readonly PartChunk[] {
    this.#isEmpty &&= chunk.length === 0;
    return this.#route(this.#reader.push(chunk));
  }

  finish(): SplitEnd {
    if (this.#isEmpty) {
      throw new PermanentError('DATA_EMPTY', 'The file is empty.', {
        hint: 'Upload the data again; this object has 0 bytes.',
      });
    }
    const chunks = this.#route(this.#reader.finish());
    const statistics = this.#tally.statistics(this.#reader.columns);
    assertUsable(statistics, this.#definition);
    return {chunks, statistics, sample: this.#sampler.sample()};
  }

  #route(rows: readonly Row[]): readonly PartChunk[] {
    const pieces = perStream<Uint8Array[]>(() => []);
    for (const row of rows) {
      for (const stream of this.#streamsFor(row)) pieces[stream].push(row.bytes);
    }
    const chunks = STREAMS.filter((stream) => pieces[stream].length > 0).map((stream) => ({
      stream,
      bytes: Buffer.concat(pieces[stream]),
    }));
    for (const {stream, bytes} of chunks) this.#tally.countBytes(stream, bytes);
    return chunks;
  }

  /** Where a row goes; counts it on the way. */
  #streamsFor(row: Row): readonly Stream[] {
    if (row.kind === 'header') return PARTS;
    if (row.kind === 'malformed') {
      this.#tally.countReject({line: row.line, reason: row.reason});
      return ['rejects'];
    }
    const fingerprint = fingerprint64(this.#salted(row.key));
    const bucket = bucketOf(fingerprint, this.#parts.length);
    const part = this.#parts[bucket];
    if (part === undefined) throw new RangeError(`bucket ${bucket} is in no part`);
    this.#tally.countRow(part, bucket, row.label);
    this.#sampler.look(part, fingerprint, row.bytes);
    return [part];
  }

  #salted(key: Uint8Array): Uint8Array {
    return this.#salt.length === 0 ? key : Buffer.concat([this.#salt, key]);
  }
}

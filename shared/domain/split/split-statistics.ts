import {createHash, type Hash} from 'node:crypto';
import {PARTS, type Part} from './split-definition.ts';

/** Where records go: the three parts, and what belongs to none of them. */
export const STREAMS = [...PARTS, 'rejects'] as const;

export type Stream = (typeof STREAMS)[number];

/** Distinct labels counted one by one; a target to regress on has more. */
export const MAX_LABELS = 1000;

/** Characters of a label that is counted by itself; longer text is no class. */
const MAX_LABEL_LENGTH = 200;

const MAX_REJECTS_TOLD = 10;

interface StreamStatistics {
  /** Records, without the header. */
  readonly rows: number;
  /** Bytes, with the header. */
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface LabelCount {
  readonly label: string;
  readonly rows: number;
}

interface PartStatistics extends StreamStatistics {
  /** In the labels' order, the same list of labels in every part. */
  readonly labels: readonly LabelCount[];
}

export interface Reject {
  /** Where the record begins, from 1. */
  readonly line: number;
  readonly reason: string;
}

export interface SplitStatistics {
  readonly columns: readonly string[];
  readonly parts: Readonly<Record<Part, PartStatistics>>;
  /** Rows by bucket number. */
  readonly bucketCounts: readonly number[];
  /** Rows of all parts whose labels are in none of the lists, for there are more than 1,000 labels or the label is very long. */
  readonly rowsOfOtherLabels: number;
  readonly rejects: StreamStatistics & {readonly first: readonly Reject[]};
}

/** Counts what goes into each stream. */
export class SplitTally {
  readonly #streams: Readonly<Record<Stream, StreamTally>> = perStream(() => new StreamTally());
  readonly #bucketCounts: number[];
  readonly #labels = new Map<string, Record<Part, number>>();
  readonly #firstRejects: Reject[] = [];
  #rowsOfOtherLabels = 0;

  constructor(buckets: number) {
    this.#bucketCounts = Array.from({length: buckets}, () => 0);
  }

  countRow(part: Part, bucket: number, label: string): void {
    this.#streams[part].rows += 1;
    this.#bucketCounts[bucket] = (this.#bucketCounts[bucket] ?? 0) + 1;
    const counts = this.#countsOf(label);
    if (counts === undefined) this.#rowsOfOtherLabels += 1;
    else counts[part] += 1;
  }

  countReject(reject: Reject): void {
    this.#streams.rejects.rows += 1;
    if (this.#firstRejects.length < MAX_REJECTS_TOLD) this.#firstRejects.push(reject);
  }

  countBytes(stream: Stream, bytes: Uint8Array): void {
    this.#streams[stream].add(bytes);
  }

  /** The statistics so far; ends the counting. */
  statistics(columns: readonly string[]): SplitStatistics {
    const {training, validation, test, rejects} = this.#streams;
    return {
      columns,
      parts: {
        training: {...training.statistics(), labels: this.#labelsOf('training')},
        validation: {...validation.statistics(), labels: this.#labelsOf('validation')},
        test: {...test.statistics(), labels: this.#labelsOf('test')},
      },
      bucketCounts: this.#bucketCounts,
      rowsOfOtherLabels: this.#rowsOfOtherLabels,
      rejects: {...rejects.statistics(), first: this.#firstRejects},
    };
  }

  /** The counts of a label; undefined when it is one label too many or too long. */
  #countsOf(label: string): Record<Part, number> | undefined {
    const known = this.#labels.get(label);
    if (known !== undefined) return known;
    if (this.#labels.size >= MAX_LABELS || label.length > MAX_LABEL_LENGTH) return undefined;
    const counts = {training: 0, validation: 0, test: 0};
    this.#labels.set(label, counts);
    return counts;
  }

  #labelsOf(part: Part): readonly LabelCount[] {
    return [...this.#labels.keys()]
      .sort()
      .map((label) => ({label, rows: this.#labels.get(label)?.[part] ?? 0}));
  }
}

/** One value for each stream. */
export function perStream<T>(make: () => T): Record<Stream, T> {
  return {training: make(), validation: make(), test: make(), rejects: make()};
}

class StreamTally {
  rows = 0;
  #bytes = 0;
  readonly #sha256: Hash = createHash('sha256');

  add(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#sha256.update(bytes);
  }

  statistics(): StreamStatistics {
    return {rows: this.rows, bytes: this.#bytes, sha256: this.#sha256.digest('hex')};
  }
}

import type {Part} from '../../../shared/domain/split/split-definition.ts';
import {
  type LabelCount,
  MAX_LABELS,
  perStream,
  type Reject,
  type SplitStatistics,
  type Stream,
  type StreamStatistics,
} from '../../../shared/domain/split/split-statistics.ts';

/** Characters of a label that is counted by itself; longer text is no class. */
const MAX_LABEL_LENGTH = 200;

const MAX_REJECTS_TOLD = 10;

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

class StreamTally {
  rows = 0;
  #bytes = 0;

  add(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
  }

  statistics(): StreamStatistics {
    return {rows: this.rows, bytes: this.#bytes};
  }
}

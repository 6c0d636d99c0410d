import {bytesAt, type Kernel} from '../../split-kernel/kernel.ts';
import type {RecordRouter} from './record-router.ts';
import {PARTS, type Part} from './split-definition.ts';

/** Where records go: the three parts, and what belongs to none of them. */
export const STREAMS = [...PARTS, 'rejects'] as const;

export type Stream = (typeof STREAMS)[number];

/** Distinct labels counted one by one; a target to regress on has more. */
export const MAX_LABELS = 1000;

export interface StreamStatistics {
  /** Records, without the header. */
  readonly rows: number;
  /** Bytes, with the header. */
  readonly bytes: number;
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

/** What the kernel counted. */
export function readStatistics(kernel: Kernel, router: RecordRouter, buckets: number): SplitStatistics {
  const counts = (stream: Stream): StreamStatistics => {
    const index = STREAMS.indexOf(stream);
    return {rows: kernel.streamRows(index), bytes: kernel.streamBytes(index)};
  };
  const labels = readLabels(kernel);
  const part = (name: Part): PartStatistics => ({
    ...counts(name),
    labels: labels.map(({label, rows}) => ({label, rows: rows[name]})),
  });
  return {
    columns: router.columns,
    parts: {training: part('training'), validation: part('validation'), test: part('test')},
    bucketCounts: Array.from({length: buckets}, (_, bucket) => kernel.rowsOfBucket(bucket)),
    rowsOfOtherLabels: kernel.rowsOfOtherLabels(),
    rejects: {...counts('rejects'), first: readRejects(kernel, router)},
  };
}

interface LabelRows {
  readonly label: string;
  readonly rows: Readonly<Record<Part, number>>;
}

/** Sorted as JavaScript sorts texts: by code unit. */
function readLabels(kernel: Kernel): readonly LabelRows[] {
  return Array.from({length: kernel.countLabels()}, (_, index) => {
    const text = bytesAt(kernel, kernel.labelText(index), kernel.labelLength(index));
    const rows = (part: Part) => kernel.labelRows(index, PARTS.indexOf(part));
    return {
      label: text.toString('utf8'),
      rows: {training: rows('training'), validation: rows('validation'), test: rows('test')},
    };
  }).sort((a, b) => (a.label < b.label ? -1 : 1));
}

function readRejects(kernel: Kernel, router: RecordRouter): readonly Reject[] {
  return Array.from({length: kernel.countRejectsTold()}, (_, index) => ({
    line: kernel.rejectLine(index),
    reason: router.reasonOf(kernel.rejectReason(index)),
  }));
}

/** One value for each stream. */
export function perStream<T>(make: (stream: Stream) => T): Record<Stream, T> {
  return {
    training: make('training'),
    validation: make('validation'),
    test: make('test'),
    rejects: make('rejects'),
  };
}

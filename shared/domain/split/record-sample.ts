import {bytesAt, type Kernel, type Pointer} from '../../split-kernel/kernel.ts';
import {PARTS, type Part} from './split-definition.ts';

/** A record as it stands in its part, without its line end. */
export interface RecordCopy {
  readonly part: Part;
  readonly content: Buffer;
}

export interface SampledRecord extends RecordCopy {
  /** Rows of the whole file that are equal to it. */
  readonly rows: number;
}

/** Records to read again; few enough to be held in memory. */
export interface RecordSample {
  /** The first rows of the file, up to 4,096 or 1 MiB of them. */
  readonly first: readonly RecordCopy[];
  /** Different records, at most 1,024, from all over the file; the same for the same file. */
  readonly sampled: readonly SampledRecord[];
  /** The chance of a record of the file to be sampled: 1, or a power of a half. Equal records are sampled together. */
  readonly share: number;
}

/** What the kernel kept, in its own memory. */
export function readSample(kernel: Kernel): RecordSample {
  const copy = (part: number, at: Pointer, length: number): RecordCopy => {
    const name = PARTS[part];
    if (name === undefined) throw new RangeError(`no part ${part}`);
    return {part: name, content: bytesAt(kernel, at, length)};
  };
  return {
    first: Array.from({length: kernel.countFirst()}, (_, index) =>
      copy(kernel.firstPart(index), kernel.firstText(index), kernel.firstLength(index)),
    ),
    sampled: Array.from({length: kernel.countSampled()}, (_, index) => ({
      ...copy(kernel.sampledPart(index), kernel.sampledText(index), kernel.sampledLength(index)),
      rows: kernel.sampledRows(index),
    })),
    share: 0.5 ** kernel.countHalvings(),
  };
}

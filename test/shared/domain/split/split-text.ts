import type {z} from 'zod';
import type {RecordSample} from '../../../../shared/domain/split/record-sample.ts';
import {
  dataSchema,
  type SplitDefinition,
  splitSchema,
} from '../../../../shared/domain/split/split-definition.ts';
import {
  perStream,
  type SplitStatistics,
  type Stream,
} from '../../../../shared/domain/split/split-statistics.ts';
import {type Piece, Splitter} from '../../../../shared/domain/split/splitter.ts';

/** A definition with the label `label` where nothing else is said. */
export function definitionOf(
  data: Partial<z.input<typeof dataSchema>> = {},
  split: z.input<typeof splitSchema> = {},
): SplitDefinition {
  return {data: dataSchema.parse({label: 'label', ...data}), split: splitSchema.parse(split)};
}

export interface SplitText {
  readonly streams: Readonly<Record<Stream, string>>;
  readonly statistics: SplitStatistics;
  readonly sample: RecordSample;
}

/** Splits a whole file, given in chunks. */
export function splitChunks(chunks: Iterable<Uint8Array>, definition: SplitDefinition): SplitText {
  const splitter = new Splitter(definition);
  const streams = perStream<Buffer[]>(() => []);
  const keep = ({stream, bytes}: Piece) => streams[stream].push(Buffer.from(bytes));
  for (const chunk of chunks) {
    for (const piece of splitter.push(chunk)) keep(piece);
  }
  const {pieces, statistics} = splitter.finish();
  pieces.forEach(keep);
  return {
    streams: perStream((stream) => Buffer.concat(streams[stream]).toString()),
    statistics,
    sample: splitter.sample(),
  };
}

export function splitText(text: string | Buffer, definition: SplitDefinition): SplitText {
  return splitChunks([Buffer.from(text)], definition);
}

/** Cuts bytes into chunks of the given sizes, over and over. */
export function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

import type {z} from 'zod';
import {
  dataSchema,
  type SplitDefinition,
  splitSchema,
} from '../../../../shared/domain/split/split-definition.ts';
import {
  type SplitStatistics,
  STREAMS,
  type Stream,
} from '../../../../shared/domain/split/split-statistics.ts';
import {type PartChunk, Splitter} from '../../../../shared/domain/split/splitter.ts';

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
}

/** Splits a whole file, given in chunks. */
export function splitChunks(chunks: Iterable<Uint8Array>, definition: SplitDefinition): SplitText {
  const splitter = new Splitter(definition);
  const all: PartChunk[] = [];
  for (const chunk of chunks) all.push(...splitter.push(chunk));
  const end = splitter.finish();
  all.push(...end.chunks);
  const textOf = (stream: Stream) =>
    Buffer.concat(all.filter((piece) => piece.stream === stream).map(({bytes}) => bytes)).toString('utf8');
  const [training, validation, test, rejects] = STREAMS.map(textOf);
  return {
    streams: {training: training!, validation: validation!, test: test!, rejects: rejects!},
    statistics: end.statistics,
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

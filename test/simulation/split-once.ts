import type {SplitDefinition} from '../../shared/domain/split/split-definition.ts';
import {type Piece, Splitter as RealSplitter, type SplitEnd} from '../../shared/domain/split/splitter.ts';

interface Split {
  readonly end: SplitEnd;
  readonly sample: ReturnType<RealSplitter['sample']>;
}

const splits = new Map<string, Split>();

/**
 * The production splitter, asked once for each content. It is a pure function of bytes and definition, and the same small file is
 * split thousands of times here; without this four fifths of a simulation's time go there.
 */
export class Splitter implements Pick<RealSplitter, 'push' | 'flush' | 'finish' | 'sample'> {
  readonly #definition: SplitDefinition;
  readonly #columns: readonly string[] | undefined;
  /** One for each file. */
  readonly #files: Buffer[][] = [[]];

  constructor(definition: SplitDefinition, columns?: readonly string[]) {
    this.#definition = definition;
    this.#columns = columns;
  }

  push(chunk: Uint8Array): readonly Piece[] {
    this.#files.at(-1)?.push(Buffer.from(chunk));
    return [];
  }

  flush(): readonly Piece[] {
    this.#files.push([]);
    return [];
  }

  finish(): SplitEnd {
    return this.#split().end;
  }

  sample(): Split['sample'] {
    return this.#split().sample;
  }

  #split(): Split {
    const files = this.#files.map((chunks) => Buffer.concat(chunks));
    const texts = files.map((bytes) => bytes.toString('latin1'));
    const content = JSON.stringify([this.#definition, this.#columns, texts]);
    const split =
      splits.get(content) ?? splitForReal(new RealSplitter(this.#definition, this.#columns), files);
    splits.set(content, split);
    return split;
  }
}

function splitForReal(splitter: RealSplitter, files: readonly Buffer[]): Split {
  const pieces: Piece[] = [];
  // A piece lies in memory that the next one uses again.
  const keep = (some: Iterable<Piece>) => {
    for (const piece of some) pieces.push({...piece, bytes: Buffer.from(piece.bytes)});
  };
  for (const [index, bytes] of files.entries()) {
    if (index > 0) keep(splitter.flush());
    keep(splitter.push(bytes));
  }
  const end = splitter.finish();
  keep(end.pieces);
  return {end: {...end, pieces}, sample: splitter.sample()};
}

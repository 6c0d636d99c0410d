import {bytesAt, type Kernel, type Pointer} from '../../split-kernel/kernel.ts';
import {columnsOf, LINE_FAULTS, readLine} from './json-line.ts';
import {MAX_RECORD_BYTES} from './record-cutter.ts';
import type {RecordRouter} from './record-router.ts';
import type {SplitDefinition} from './split-definition.ts';

/** Routes JSON Lines (https://jsonlines.org): LF or CRLF ends a line; blank lines are none. The columns are the paths of the first object. */
export class JsonlRouter implements RecordRouter {
  readonly #definition: SplitDefinition;
  readonly #kernel: Kernel;
  /** Where the kernel finds a key that was read here, and the label. */
  readonly #key: Pointer;
  readonly #label: Pointer;
  /** What the kernel looks for as soon as the first line has been read here. */
  readonly #paths: readonly (readonly StoredText[])[];
  #columns: readonly string[] | undefined;
  #refusal: unknown;

  /**
   * @param key where the kernel looks for a key that it could not read itself
   * @param columns when they are known already; those of the first line otherwise
   */
  constructor(definition: SplitDefinition, kernel: Kernel, key: Pointer, columns?: readonly string[]) {
    this.#definition = definition;
    this.#kernel = kernel;
    this.#key = key;
    this.#label = kernel.allocateText(MAX_RECORD_BYTES);
    this.#paths = kernelPaths(definition).map((names) => names.map((name) => store(name, kernel)));
    if (columns !== undefined) this.#open(columns);
  }

  get columns(): readonly string[] {
    return this.#columns ?? [];
  }

  route(from: Pointer, end: Pointer, isLast: boolean): Pointer {
    const kernel = this.#kernel;
    let rest = kernel.routeJsonl(from, end, isLast);
    for (let lineEnd = kernel.getLineEnd(); lineEnd > rest; lineEnd = kernel.getLineEnd()) {
      this.#routeLine(bytesAt(kernel, rest, kernel.getContentEnd() - rest));
      rest = kernel.routeJsonl(lineEnd, end, isLast);
    }
    return rest;
  }

  assertFits(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  reasonOf(reject: number): string {
    return String(LINE_FAULTS[reject]);
  }

  #routeLine(content: Buffer): void {
    if (this.#columns === undefined) this.#readFirst(content);
    const reading = readLine(content, this.#definition);
    if ('fault' in reading) {
      this.#kernel.rejectLineAtHand(LINE_FAULTS.indexOf(reading.fault));
      return;
    }
    const label = Buffer.from(reading.label);
    bytesAt(this.#kernel, this.#key, reading.key.length).set(reading.key);
    bytesAt(this.#kernel, this.#label, label.length).set(label);
    this.#kernel.routeLine(reading.key.length, this.#label, label.length);
  }

  #readFirst(content: Buffer): void {
    try {
      this.#open(columnsOf(content, this.#kernel.getLine(), this.#definition));
    } catch (error) {
      this.#open([]);
      this.#refusal = error;
    }
  }

  #open(columns: readonly string[]): void {
    this.#columns = columns;
    for (const path of this.#paths) {
      this.#kernel.addPath();
      for (const {at, length} of path) this.#kernel.addName(at, length);
    }
  }
}

interface StoredText {
  readonly at: Pointer;
  readonly length: number;
}

/** The kernel's limits in `json-paths.ts`. */
const MAX_PATHS = 32;
const MAX_NAMES = 32;

/** The paths that the kernel looks for, the label first; none when it cannot, so that every line is read here. */
function kernelPaths({data, split}: SplitDefinition): readonly (readonly string[])[] {
  const paths = [data.label, ...(split.key === 'row' ? [] : split.key)].map((path) => path.split('.'));
  return paths.length > MAX_PATHS || paths.some(({length}) => length > MAX_NAMES) ? [] : paths;
}

function store(text: string, kernel: Kernel): StoredText {
  const bytes = Buffer.from(text);
  const at = kernel.allocateText(bytes.length);
  bytesAt(kernel, at, bytes.length).set(bytes);
  return {at, length: bytes.length};
}

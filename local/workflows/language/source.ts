import {isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap} from 'yaml';

/** Why a source cannot be deployed. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A node of the source that knows where it stands and what it may be. */
export class SourceNode {
  readonly #node: Node | null;
  readonly #lines: LineCounter;

  constructor(node: Node | null, lines: LineCounter) {
    this.#node = node;
    this.#lines = lines;
  }

  get position(): Position {
    const {line, col} = this.#lines.linePos(this.#node?.range?.[0] ?? 0);
    return {line, column: col};
  }

  /** @throws BuildError always: `sentence` with its place. */
  refuse(sentence: string): never {
    const {line, column} = this.position;
    throw new BuildError(`main.yaml:${line}:${column}: parse error: ${sentence}`);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  /** The content of a scalar. */
  get scalar(): unknown {
    return isScalar(this.#node) ? this.#node.value : null;
  }

  items(what: string): SourceNode[] {
    if (!isSeq<Node>(this.#node)) return this.refuse(`${what} must be a list`);
    return this.#node.items.map((item) => this.#child(item));
  }

  entries(what: string): (readonly [SourceNode, SourceNode])[] {
    if (!isMap(this.#node)) return this.refuse(`${what} must be a map`);
    const {items} = this.#node as YAMLMap<Node, Node | null>;
    return items.map(({key, value}) => [this.#child(key), this.#child(value)] as const);
  }

  /** The fields of a map. @throws BuildError for one that is not in `known`. */
  fields<K extends string>(what: string, known: readonly K[]): Partial<Record<K, SourceNode>> {
    const found: Partial<Record<K, SourceNode>> = {};
    for (const [key, value] of this.entries(what)) {
      const name = known.find((one) => one === key.scalar);
      if (name === undefined) return key.refuse(`unexpected entry '${key.scalar}' in ${what}`);
      found[name] = value;
    }
    return found;
  }

  /** The one entry of a map. */
  single(what: string): readonly [SourceNode, SourceNode] {
    const [entry, ...others] = this.entries(what);
    if (entry === undefined || others.length > 0) return this.refuse(`${what} must be a map with one entry`);
    return entry;
  }

  text(what: string): string {
    const {scalar} = this;
    return typeof scalar === 'string' ? scalar : this.refuse(`${what} must be a string`);
  }

  /** The name of a variable or parameter. */
  variable(what: string): string {
    const name = this.text(what);
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : this.refuse(`'${name}' is no name for ${what}`);
  }

  #child(node: Node | null): SourceNode {
    const child = new SourceNode(node, this.#lines);
    return isAlias(node) ? child.refuse('aliases are not supported') : child;
  }
}

const MAX_SOURCE_BYTES = 128 * 1024;

/** Reads YAML or JSON. @throws BuildError */
export function readSource(text: string): SourceNode {
  if (Buffer.byteLength(text) > MAX_SOURCE_BYTES) {
    throw new BuildError(`source is larger than ${MAX_SOURCE_BYTES} bytes`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {lineCounter: lines, intAsBigInt: true, prettyErrors: false});
  const root = new SourceNode(document.contents as Node | null, lines);
  const [problem] = document.errors;
  if (problem === undefined) return root;
  const {line, col} = lines.linePos(problem.pos[0]);
  throw new BuildError(`main.yaml:${line}:${col}: parse error: ${problem.message}`);
}

import {failure} from './raised.ts';
import {sizeOf, type Value} from './value.ts';

const MAX_MEMORY_BYTES = 512 * 1024;
const MAX_STRING_BYTES = 256 * 1024;

/** Adds up what all variables of an execution hold. */
export class Memory {
  #bytes = 0;

  /** @throws Raised ResourceLimitError when the limit is passed. */
  change(bytes: number): void {
    if (this.#bytes + bytes > MAX_MEMORY_BYTES) {
      throw failure('ResourceLimitError', 'Memory usage limit exceeded');
    }
    this.#bytes += bytes;
  }
}

/** The variables of a block; names it does not declare belong to the blocks around it. */
export class Scope {
  readonly #declared: ReadonlySet<string>;
  readonly #parent: Scope | undefined;
  readonly #memory: Memory;
  readonly #values = new Map<string, {readonly value: Value; readonly bytes: number}>();

  constructor(declared: ReadonlySet<string>, outer: Scope | Memory) {
    this.#declared = declared;
    this.#parent = outer instanceof Scope ? outer : undefined;
    this.#memory = outer instanceof Scope ? outer.#memory : outer;
  }

  /** @throws Raised KeyError before the first assignment. */
  read(name: string): Value {
    const found = this.#owner(name).#values.get(name);
    if (found === undefined) throw failure('KeyError', `variable not assigned: ${name}`);
    return found.value;
  }

  /** @throws Raised ResourceLimitError; the variable then keeps what it held. */
  write(name: string, value: Value): void {
    const values = this.#owner(name).#values;
    const bytes = sizeOf(value);
    if (typeof value === 'string' && bytes > MAX_STRING_BYTES) {
      throw failure('ResourceLimitError', 'String size limit exceeded');
    }
    this.#memory.change(bytes - (values.get(name)?.bytes ?? 0));
    values.set(name, {value, bytes});
  }

  /** Gives the memory of the block's own variables back. */
  close(): void {
    for (const {bytes} of this.#values.values()) this.#memory.change(-bytes);
    this.#values.clear();
  }

  #owner(name: string): Scope {
    return this.#declared.has(name) || this.#parent === undefined ? this : this.#parent.#owner(name);
  }
}

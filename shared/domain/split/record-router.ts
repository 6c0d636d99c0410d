import type {Pointer} from '../../split-kernel/kernel.ts';

/** Sends the records of one format, which lie in the kernel's memory, to their streams. */
export interface RecordRouter {
  /** Names of the columns in the file's order; empty until the first record has been read. */
  readonly columns: readonly string[];
  /**
   * @param isLast whether the file ends there, so that the last record needs no line terminator
   * @returns where the first record begins that is not whole
   * @throws PermanentError when the file ends inside a record
   */
  route(from: Pointer, end: Pointer, isLast: boolean): Pointer;
  /** @throws PermanentError when what was routed cannot be this definition's data */
  assertFits(): void;
  /** In words, what the kernel knows as a number; free of the user's data. */
  reasonOf(reject: number): string;
}

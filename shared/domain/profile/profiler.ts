import type {DataDefinition} from '../split/split-definition.ts';
import {type CellReader, type CellRow, cellReaderOf} from './cell-rows.ts';
import {ColumnTally, type LabelRelation} from './column-tally.ts';
import type {Profile} from './profile.ts';

/** What bounds the time and the memory of a profile; the first limit that is reached ends the sample. */
export const SAMPLE = {rows: 100_000, bytes: 64 * 1024 ** 2, values: 250_000} as const;

/** What the rows at the beginning of the data say. */
export interface Sample {
  readonly profile: Profile;
  /** Of every column but the label. */
  readonly relations: readonly LabelRelation[];
  /** Of the label: rows with any, different ones (undefined when they are no classes), rows of the most frequent one. */
  readonly labels: {readonly rows: number; readonly distinct: number | undefined; readonly mode: number};
}

/**
 * Profiles the columns in the first rows of a file that arrives in chunks. The same file gives the same profile however it is cut.
 * Whoever calls it has had the file read by a splitter first, which refuses what is no data.
 */
export class Profiler {
  readonly #label: string;
  readonly #before: ReadonlyMap<string, Profile['columns'][number]>;
  readonly #reader: CellReader;
  #tallies: readonly ColumnTally[] = [];
  #labelAt = -1;
  #rows = 0;
  #bytes = 0;
  #isFull = false;

  /**
   * @param before the profile to compare with later
   * @param columns of JSON Lines, when they are not those of the first line
   */
  constructor(data: DataDefinition, before: Profile | undefined, columns?: readonly string[]) {
    this.#label = data.label;
    this.#before = new Map(before?.columns.map((column) => [column.name, column]));
    this.#reader = cellReaderOf(data, columns);
  }

  push(chunk: Uint8Array): void {
    if (!this.#isFull) this.#count(this.#reader.push(chunk));
  }

  finish(): Sample {
    if (!this.#isFull) this.#count(this.#reader.finish());
    const others = this.#tallies.filter((_, index) => index !== this.#labelAt);
    const label = this.#tallies[this.#labelAt];
    return {
      profile: {
        sample: {rows: this.#rows, bytes: this.#bytes, isWhole: !this.#isFull},
        columns: this.#tallies.map((tally) => tally.profile()),
      },
      relations: others.map((tally) => tally.relation()),
      labels: {rows: this.#rows, distinct: label?.relation().distinct, mode: label?.mode() ?? 0},
    };
  }

  #count(rows: readonly CellRow[]): void {
    if (this.#tallies.length === 0) this.#open();
    for (const row of rows) {
      const label = row.cells[this.#labelAt];
      if (label === undefined) continue;
      this.#isFull ||= this.#isBeyond(row);
      if (this.#isFull) return;
      this.#rows += 1;
      this.#bytes += row.bytes;
      for (const [index, tally] of this.#tallies.entries()) tally.add(row.cells[index], label);
    }
  }

  #open(): void {
    const {columns} = this.#reader;
    this.#tallies = columns.map((name) => new ColumnTally(name, this.#before.get(name)));
    this.#labelAt = columns.indexOf(this.#label);
  }

  #isBeyond({bytes, cells}: CellRow): boolean {
    return (
      this.#rows === SAMPLE.rows ||
      this.#bytes + bytes > SAMPLE.bytes ||
      (this.#rows + 1) * cells.length > SAMPLE.values
    );
  }
}

import {binsOf, decileEdges} from './number-bins.ts';
import type {ColumnProfile} from './profile.ts';

/** Distinct values counted one by one. */
const MAX_DISTINCT = 1000;

/** Characters of a value that is counted by itself; longer text is no category. */
const MAX_VALUE_LENGTH = 100;

/** Categories told of a column. */
const TOP_CATEGORIES = 20;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** How well a column tells the label of a row. */
export interface LabelRelation {
  readonly column: string;
  /** Rows with a value. */
  readonly known: number;
  /** Different values; undefined when there are more than a thousand, or very long ones. */
  readonly distinct: number | undefined;
  /** Rows whose value is the label itself. */
  readonly equal: number;
  /** Rows with another label than most rows of the same value. */
  readonly misses: number;
}

interface Category {
  rows: number;
  /** The label that most rows seem to have: Boyer and Moore's majority vote, which needs one pass and no list of labels. */
  label: string;
  lead: number;
  misses: number;
}

/** The finite number that a text is; undefined for anything else, such as hexadecimal digits, `NaN` and spaces around it. */
export function numberIn(text: string): number | undefined {
  const number = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** Counts the values of one column in memory that does not grow with the data but for the numbers themselves. */
export class ColumnTally {
  readonly #name: string;
  readonly #before: ColumnProfile | undefined;
  readonly #categories = new Map<string, Category>();
  /** Undefined once a value was no number. */
  #numbers: number[] | undefined = [];
  #missing = 0;
  #others = 0;
  #equal = 0;

  /** @param before the column in the profile to compare with: its bins and categories are counted, too */
  constructor(name: string, before: ColumnProfile | undefined) {
    this.#name = name;
    this.#before = before;
    for (const value of categoriesToCompare(before)) this.#categories.set(value, newCategory());
  }

  add(value: string | undefined, label: string): void {
    if (value === undefined || value === '') {
      this.#missing += 1;
      return;
    }
    this.#addNumber(value);
    if (value === label) this.#equal += 1;
    const category = this.#categoryOf(value);
    if (category === undefined) this.#others += 1;
    else vote(category, label);
  }

  profile(): ColumnProfile {
    const common = {name: this.#name, missing: this.#missing};
    if (this.#known() === 0) return {...common, type: 'empty'};
    if (this.#numbers === undefined) return {...common, type: 'text', ...this.#categoryCounts()};
    const sorted = Float64Array.from(this.#numbers).sort();
    const edges = this.#before?.type === 'number' ? this.#before.edges : decileEdges(sorted);
    const [min = 0, max = min] = [sorted[0], sorted.at(-1)];
    return {...common, type: 'number', min, max, edges, rows: binsOf(sorted, edges)};
  }

  relation(): LabelRelation {
    const seen = [...this.#categories.values()].filter(({rows}) => rows > 0);
    return {
      column: this.#name,
      known: this.#known(),
      distinct: this.#others > 0 ? undefined : seen.length,
      equal: this.#equal,
      misses: seen.reduce((total, {misses}) => total + misses, 0),
    };
  }

  /** Rows of the most frequent value. */
  mode(): number {
    return Math.max(0, ...[...this.#categories.values()].map(({rows}) => rows));
  }

  #known(): number {
    return [...this.#categories.values()].reduce((total, {rows}) => total + rows, this.#others);
  }

  #addNumber(value: string): void {
    if (this.#numbers === undefined) return;
    const number = numberIn(value);
    if (number === undefined) this.#numbers = undefined;
    else this.#numbers.push(number);
  }

  #categoryOf(value: string): Category | undefined {
    const known = this.#categories.get(value);
    if (known !== undefined) return known;
    if (this.#categories.size >= MAX_DISTINCT || value.length > MAX_VALUE_LENGTH) return undefined;
    const category = newCategory();
    this.#categories.set(value, category);
    return category;
  }

  #categoryCounts() {
    const compared = new Set(categoriesToCompare(this.#before));
    const counts = [...this.#categories]
      .map(([value, {rows}]) => ({value, rows}))
      .filter(({rows}) => rows > 0)
      .sort((a, b) => b.rows - a.rows || (a.value < b.value ? -1 : 1));
    const top = counts.filter(({value}, rank) => rank < TOP_CATEGORIES || compared.has(value));
    return {top, others: this.#known() - top.reduce((total, {rows}) => total + rows, 0)};
  }
}

/** The categories of an earlier profile that a later one is compared by. */
export function categoriesToCompare(before: ColumnProfile | undefined): readonly string[] {
  return before?.type === 'text' ? before.top.slice(0, TOP_CATEGORIES).map(({value}) => value) : [];
}

function newCategory(): Category {
  return {rows: 0, label: '', lead: 0, misses: 0};
}

function vote(category: Category, label: string): void {
  category.rows += 1;
  if (category.lead === 0) category.label = label;
  if (category.label === label) {
    category.lead += 1;
    return;
  }
  category.lead -= 1;
  category.misses += 1;
}

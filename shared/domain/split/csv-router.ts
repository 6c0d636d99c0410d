import {bytesAt, type Kernel, type Pointer} from '../../split-kernel/kernel.ts';
import {readHead} from './csv-head.ts';
import {type CsvHeader, parseHeader} from './csv-header.ts';
import {CsvGrammar} from './csv-records.ts';
import type {RecordRouter} from './record-router.ts';
import type {SplitDefinition} from './split-definition.ts';

/** What stands for a header that was refused, until `assertFits` says so. */
const NO_HEADER: CsvHeader = {columns: [''], label: 0, key: undefined};

/** The kernel's reason for a record with text behind a closing quote; for others it is the number of their fields. */
const BROKEN = 0;

/** Routes CSV with a header: a record is malformed when its fields are not one per column. */
export class CsvRouter implements RecordRouter {
  readonly #definition: SplitDefinition;
  readonly #kernel: Kernel;
  #header: CsvHeader | undefined;
  #refusal: unknown;

  constructor(definition: SplitDefinition, kernel: Kernel) {
    this.#definition = definition;
    this.#kernel = kernel;
    kernel.setDelimiter(definition.data.delimiter.charCodeAt(0));
  }

  get columns(): readonly string[] {
    return this.#header?.columns ?? [];
  }

  route(from: Pointer, end: Pointer, isLast: boolean): Pointer {
    const start = this.#header === undefined ? this.#routeHead(from, end, isLast) : from;
    if (this.#header === undefined) return start;
    const rest = this.#kernel.routeCsv(start, end, isLast);
    if (isLast && rest < end) this.#refuseOpenQuote(rest, end);
    return rest;
  }

  assertFits(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  reasonOf(reject: number): string {
    if (reject === BROKEN) return 'text follows the closing quote of a field';
    return `${reject} fields, the header has ${this.columns.length}`;
  }

  #routeHead(from: Pointer, end: Pointer, isLast: boolean): Pointer {
    const kernel = this.#kernel;
    const bytes = bytesAt(kernel, from, end - from);
    const line = kernel.getLine();
    const head = readHead(bytes, this.#definition.data.delimiter, {line, isLast});
    const start = from + head.end;
    kernel.setLine(head.line);
    if (head.header === undefined) return start;
    kernel.copyHeader(start - head.header.bytes.length, start);
    try {
      this.#header = parseHeader(head.header, this.#definition);
    } catch (error) {
      this.#header = NO_HEADER;
      this.#refusal = error;
    }
    layOut(this.#header, kernel);
    return start;
  }

  /** The reader of headers knows in which line the quote is. */
  #refuseOpenQuote(from: Pointer, end: Pointer): void {
    const bytes = bytesAt(this.#kernel, from, end - from);
    const grammar = new CsvGrammar(this.#definition.data.delimiter);
    grammar.findEnd(bytes, 0, 0);
    grammar.recordOf(bytes, this.#kernel.getLine());
  }
}

/**
 * Tells the kernel where label and key are. It keeps the places of the delimiters around them and of those at both ends of a record,
 * numbered from 0 before the first field: column c lies between delimiters c and c + 1.
 */
function layOut({columns, label, key = []}: CsvHeader, kernel: Kernel): void {
  const around = [label, ...key].flatMap((column) => [column, column + 1]);
  const delimiters = [...new Set([0, columns.length, ...around])].sort((a, b) => a - b);
  kernel.allocatePlaces(delimiters.length);
  for (const delimiter of delimiters) kernel.addPlace(delimiter);
  kernel.setColumns(columns.length, delimiters.indexOf(label), key.length);
  for (const column of key) kernel.addKeyPlace(delimiters.indexOf(column));
}

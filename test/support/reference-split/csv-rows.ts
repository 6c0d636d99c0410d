import {type CsvHeader, parseHeader} from '../../../shared/domain/split/csv-header.ts';
import {CsvGrammar, type CsvRecord, contentOf, fieldOf} from '../../../shared/domain/split/csv-records.ts';
import {RecordCutter} from '../../../shared/domain/split/record-cutter.ts';
import type {SplitDefinition} from '../../../shared/domain/split/split-definition.ts';
import {keyOf} from '../../../shared/domain/split/split-key.ts';
import type {Row, RowReader} from './row.ts';

/** Reads CSV with a header: a record is malformed when its fields are not one per column. */
export class CsvRows implements RowReader {
  readonly #definition: SplitDefinition;
  readonly #cutter: RecordCutter<CsvRecord>;
  #header: CsvHeader | undefined;

  constructor(definition: SplitDefinition) {
    this.#definition = definition;
    this.#cutter = new RecordCutter(new CsvGrammar(definition.data.delimiter));
  }

  get columns(): readonly string[] {
    return this.#header?.columns ?? [];
  }

  push(chunk: Uint8Array): readonly Row[] {
    return this.#cutter.push(chunk).map((record) => this.#rowOf(record));
  }

  finish(): readonly Row[] {
    return this.#cutter.finish().map((record) => this.#rowOf(record));
  }

  #rowOf(record: CsvRecord): Row {
    if (this.#header !== undefined) return rowUnder(this.#header, record);
    this.#header = parseHeader(record, this.#definition);
    return {kind: 'header', bytes: record.bytes};
  }
}

function rowUnder(header: CsvHeader, record: CsvRecord): Row {
  const {bytes, line, fieldEnds, isBroken} = record;
  const malformed = (reason: string): Row => ({kind: 'malformed', bytes, line, reason});
  if (isBroken) return malformed('text follows the closing quote of a field');
  const label = fieldOf(record, header.label);
  if (label === undefined || fieldEnds.length !== header.columns.length) {
    return malformed(`${fieldEnds.length} fields, the header has ${header.columns.length}`);
  }
  return {kind: 'sound', bytes, key: keyUnder(header, record), label: label.toString('utf8')};
}

function keyUnder(header: CsvHeader, record: CsvRecord): Uint8Array {
  if (header.key === undefined) return keyOf([contentOf(record)]);
  return keyOf(header.key.flatMap((index) => fieldOf(record, index) ?? []));
}

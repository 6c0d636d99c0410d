import {columnsOf, readLine} from '../../../shared/domain/split/json-line.ts';
import {type JsonLine, jsonLines} from '../../../shared/domain/split/jsonl-records.ts';
import {RecordCutter} from '../../../shared/domain/split/record-cutter.ts';
import type {SplitDefinition} from '../../../shared/domain/split/split-definition.ts';
import type {Row, RowReader} from './row.ts';

/** Reads JSON Lines with the engine's own parser: one object per line. The columns are the paths of the first. */
export class JsonlRows implements RowReader {
  readonly #definition: SplitDefinition;
  readonly #cutter = new RecordCutter(jsonLines);
  #columns: readonly string[] | undefined;

  constructor(definition: SplitDefinition) {
    this.#definition = definition;
  }

  get columns(): readonly string[] {
    return this.#columns ?? [];
  }

  push(chunk: Uint8Array): readonly Row[] {
    return this.#cutter.push(chunk).map((line) => this.#rowOf(line));
  }

  finish(): readonly Row[] {
    return this.#cutter.finish().map((line) => this.#rowOf(line));
  }

  #rowOf({bytes, content, line}: JsonLine): Row {
    this.#columns ??= columnsOf(content, line, this.#definition);
    const reading = readLine(content, this.#definition);
    if ('fault' in reading) return {kind: 'malformed', bytes, line, reason: reading.fault};
    return {kind: 'sound', bytes, ...reading};
  }
}

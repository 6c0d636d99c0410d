import {PermanentError} from '../errors.ts';
import type {ModelInputs} from './model-inputs.ts';
import {assertColumns, assertCount, assertKnown, cellFrom, cellFromText, type Question} from './question.ts';
import {CsvGrammar, type CsvRecord, fieldOf} from './split/csv-records.ts';
import {parseObject, pathsOf, valueAt} from './split/json-line.ts';
import {type JsonLine, jsonLines} from './split/jsonl-records.ts';
import {RecordCutter} from './split/record-cutter.ts';

/** Cuts a file that comes in chunks into questions. */
interface Reader {
  push(chunk: Uint8Array): Question[];
  finish(): Question[];
}

const JSON_OPENING = /^(?:\uFEFF)?\s*[[{]/;

/**
 * The questions in a file, of which memory never holds more than one chunk. JSON Lines, objects or lists, are told from CSV with a
 * header by the first character. Columns may stand in any order; a label is taken out.
 * @param delimiter of CSV
 * @throws PermanentError DATA_EMPTY; of a row that the model cannot be asked about COLUMN_MISSING, COLUMN_UNKNOWN,
 * COLUMN_DUPLICATE, INSTANCE_SHAPE, INSTANCE_VALUE, CSV_QUOTE or JSONL_SYNTAX; of a file that is no text as a split of it
 */
export async function* readQuestions(
  chunks: AsyncIterable<Uint8Array>,
  delimiter: string,
  inputs: ModelInputs,
): AsyncGenerator<Question> {
  let reader: Reader | undefined;
  let count = 0;
  for await (const chunk of chunks) {
    reader ??= JSON_OPENING.test(Buffer.from(chunk).toString('utf8'))
      ? jsonReader(inputs)
      : csvReader(delimiter, inputs);
    const questions = reader.push(chunk);
    count += questions.length;
    yield* questions;
  }
  const last = reader?.finish() ?? [];
  yield* last;
  if (count + last.length === 0) {
    throw new PermanentError('DATA_EMPTY', 'The file has no rows.', {
      hint: 'Write a header and rows of CSV, or one JSON instance to a line.',
    });
  }
}

function csvReader(delimiter: string, inputs: ModelInputs): Reader {
  const cutter = new RecordCutter(new CsvGrammar(delimiter));
  let header: Header | undefined;
  const questions = (records: CsvRecord[]) =>
    records.flatMap((record) => {
      if (header !== undefined) return [csvQuestion(record, header, inputs)];
      header = headerOf(record, inputs);
      return [];
    });
  return {push: (chunk) => questions(cutter.push(chunk)), finish: () => questions(cutter.finish())};
}

interface Header {
  readonly width: number;
  /** Where each column of the model stands. */
  readonly places: readonly number[];
  /** -1 when the file has no label. */
  readonly label: number;
}

function headerOf(record: CsvRecord, inputs: ModelInputs): Header {
  const names = fieldsOf(record);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new PermanentError('COLUMN_DUPLICATE', `The header names the column "${twice}" twice.`, {
      where: `line ${record.line}`,
      hint: 'Rename or remove one of the two.',
    });
  }
  assertColumns(names, inputs, record.line);
  const places = inputs.columns.map(({name}) => names.indexOf(name));
  return {width: names.length, places, label: names.indexOf(inputs.label)};
}

function csvQuestion(record: CsvRecord, header: Header, inputs: ModelInputs): Question {
  const fields = fieldsOf(record);
  assertCount(fields.length, header.width, inputs, record.line);
  const values = inputs.columns.map((input, index) =>
    cellFromText(fields[header.places[index] ?? -1] ?? '', input, record.line),
  );
  return {values, label: fields[header.label] || undefined};
}

function fieldsOf(record: CsvRecord): string[] {
  if (record.isBroken) {
    throw new PermanentError('CSV_QUOTE', 'Text follows the closing quote of a field.', {
      where: `line ${record.line}`,
      hint: 'Inside a quoted field write a quote as "".',
    });
  }
  return record.fieldEnds.map((_, index) => fieldOf(record, index)?.toString('utf8') ?? '');
}

function jsonReader(inputs: ModelInputs): Reader {
  const cutter = new RecordCutter(jsonLines);
  const questions = (lines: JsonLine[]) =>
    lines
      .filter(({content}) => content.toString('utf8').trim() !== '')
      .map((line) => jsonQuestion(line, inputs));
  return {push: (chunk) => questions(cutter.push(chunk)), finish: () => questions(cutter.finish())};
}

/** An object has values by name, a list by place. */
function jsonQuestion({content, line}: JsonLine, inputs: ModelInputs): Question {
  const object = parseObject(content);
  if (object === undefined) return {values: listedValues(content, line, inputs), label: undefined};
  const read = (path: string) => (Object.hasOwn(object, path) ? object[path] : valueAt(object, path));
  const found = pathsOf(object);
  const values = inputs.columns.map((input) => cellFrom(read(input.name), input, line));
  assertKnown(found, inputs, line);
  const label = read(inputs.label) ?? undefined;
  return {values, label: label === undefined ? undefined : String(label)};
}

function listedValues(content: Buffer, line: number, inputs: ModelInputs) {
  const list = parseList(content, line);
  assertCount(list.length, inputs.columns.length, inputs, line);
  return inputs.columns.map((input, index) => cellFrom(list[index], input, line));
}

function parseList(content: Buffer, line: number): readonly unknown[] {
  const where = `line ${line}`;
  const hint = 'Write one instance to a line; jq -c ".[]" makes lines of a list.';
  try {
    const value: unknown = JSON.parse(content.toString('utf8'));
    if (Array.isArray(value)) return value;
  } catch (cause) {
    throw new PermanentError('JSONL_SYNTAX', 'The line is not JSON, which has no NaN either.', {
      where,
      hint,
      cause,
    });
  }
  throw new PermanentError('JSONL_SYNTAX', 'The line is neither a JSON object nor a list.', {where, hint});
}

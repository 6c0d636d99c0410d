import {z} from 'zod';
import {gcsUri} from '../request.ts';
import {QueryError} from './export-rows.ts';

/** A file of Cloud Storage as a table of lines: the one kind of external table that the stand-in reads. */
export const externalTable = z.strictObject({
  sourceFormat: z.literal('CSV', {error: 'the stand-in reads CSV only'}),
  sourceUris: z.tuple([gcsUri.refine((uri) => !uri.includes('*'), 'the stand-in takes no wildcard')]),
  schema: z.strictObject({
    fields: z.tuple([z.strictObject({name: z.literal('record'), type: z.literal('STRING')})], {
      error: 'the stand-in reads one column "record" of type STRING',
    }),
  }),
  csvOptions: z.strictObject({
    encoding: z.literal('UTF-8'),
    fieldDelimiter: z
      .string()
      .length(1)
      .refine((character) => character > '\0' && character <= '\u007f', 'a character from U+0001 to U+007F'),
    quote: z.literal('', {error: 'the stand-in reads no quotes'}),
    skipLeadingRows: z.string().regex(/^\d+$/),
    preserveAsciiControlCharacters: z.literal(true),
  }),
});

export type ExternalTable = z.output<typeof externalTable>;

/** The rows of a file. Bytes that are not UTF-8 become U+FFFD, as in BigQuery; a delimiter makes a row of too many columns. */
export function linesOf(bytes: Buffer, {csvOptions, sourceUris}: ExternalTable): readonly string[] {
  const {fieldDelimiter, skipLeadingRows} = csvOptions;
  const lines = bytes.toString('utf8').split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  const rows = lines.slice(Number(skipLeadingRows));
  if (!rows.some((row) => row.includes(fieldDelimiter))) return rows;
  const message = `Error while reading table: source, error message: Too many values in line. File: ${sourceUris[0]}`;
  throw new QueryError('invalidQuery', message);
}

/** A row of a CSV export with one column. */
export function csvRow(value: string): string {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"\n` : `${value}\n`;
}

import {z} from 'zod';
import {PermanentError} from '../../errors.ts';
import {exportClause, partQuery, type RecordKey, type RecordSource, SOURCE_TABLE} from './bigquery-sql.ts';
import {PARTS, type SplitRules} from './split-definition.ts';

/** How often a part is exported before a passing problem of BigQuery's counts as lasting. */
const ATTEMPTS = 3;

/** What Cloud Workflows takes as an execution's argument. */
const MAX_ARGUMENT_BYTES = 32_000;

/** A byte that text does not hold: behind it BigQuery finds one column, whatever delimiters and quotes the line has. */
const NO_DELIMITER = '\u0001';

export interface BigQuerySplit {
  readonly runId: string;
  /** Where everything goes: the bucket, and a folder of it that nobody watches. */
  readonly bucket: string;
  readonly folder: string;
  readonly split: SplitRules;
  readonly key: RecordKey;
  readonly source:
    | (RecordSource & {readonly kind: 'table'})
    /** The `gs://` URI of a file that nobody changes. */
    | {readonly kind: 'lines'; readonly uri: string; readonly headerLines: number};
}

/** The name of the object that says how it ended. */
export function outcomeName(folder: string): string {
  return `${folder}/outcome.json`;
}

/**
 * The argument of workflows/split-in-bigquery.yaml. It follows from the run alone, so two executions for one run ask for the same jobs.
 * @throws PermanentError KEY_NOT_IN_SQL or SPLIT_RULES_TOO_LONG
 */
export function bigQueryArgument({runId, bucket, folder, split, key, source}: BigQuerySplit) {
  const attempts = Array.from({length: ATTEMPTS}, (_, index) => index + 1);
  const argument = {
    runId,
    bucket,
    outcome: outcomeName(folder),
    tables: source.kind === 'lines' ? {[SOURCE_TABLE]: linesOf(source.uri, source.headerLines)} : {},
    parts: PARTS.map((part) => ({
      part,
      query: partQuery({source, key, split, part}),
      attempts: attempts.map((attempt) => {
        const prefix = `${folder}/${part}-a${attempt}-`;
        const clause = exportClause(`gs://${bucket}/${prefix}*.csv`);
        return {jobId: `split-${runId}-${part}-a${attempt}`, prefix, clause};
      }),
    })),
  };
  if (Buffer.byteLength(JSON.stringify(argument)) <= MAX_ARGUMENT_BYTES) return argument;
  throw new PermanentError('SPLIT_RULES_TOO_LONG', 'Key, salt and buckets make SQL of more than 32 KB.', {
    where: 'split',
    hint: 'Use fewer buckets, fewer key columns or a shorter salt.',
  });
}

/** A file as a table of lines: no quotes, no escapes, nothing skipped but the header. */
function linesOf(uri: string, headerLines: number) {
  return {
    sourceFormat: 'CSV',
    sourceUris: [uri],
    schema: {fields: [{name: 'record', type: 'STRING'}]},
    csvOptions: {
      encoding: 'UTF-8',
      fieldDelimiter: NO_DELIMITER,
      quote: '',
      skipLeadingRows: String(headerLines),
      preserveAsciiControlCharacters: true,
    },
  };
}

const exportedSchema = z.strictObject({
  prefix: z.string(),
  /** BigQuery does not promise to count. */
  rows: z.string().regex(/^\d+$/).transform(Number).nullable(),
});

/** What the workflow writes last. */
export const outcomeSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('exported'),
    parts: z.strictObject({training: exportedSchema, validation: exportedSchema, test: exportedSchema}),
  }),
  z.strictObject({state: z.literal('failed'), reason: z.string(), message: z.string()}),
]);

export type Outcome = z.output<typeof outcomeSchema>;

/** BigQuery's refusal in our words. */
export function refusalOf({reason, message}: Outcome & {state: 'failed'}, where: string): PermanentError {
  if (message.includes('QUOTED_LINE_BREAK')) {
    return new PermanentError('QUOTED_LINE_BREAK', 'A quoted field holds a line break, or is never closed.', {
      where,
      hint: 'A file of this size is split line by line: write line breaks inside fields as \\n, upload JSON Lines, or raise MILLRACE_SPLIT_INLINE_LIMIT when the file has at most 5 GiB.',
    });
  }
  if (message.includes('ENCODING_NOT_UTF8')) {
    return new PermanentError('ENCODING_NOT_UTF8', 'The data contains bytes that are not UTF-8, or U+FFFD.', {
      where,
      hint: 'Save the file as UTF-8, for example with iconv -f WINDOWS-1252 -t UTF-8.',
    });
  }
  return new PermanentError('BIGQUERY_REFUSED', `BigQuery could not split the data (${reason}): ${message}`, {
    where,
    hint: 'Mend what it says, then rerun.',
  });
}

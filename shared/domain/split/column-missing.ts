import {PermanentError} from '../../errors.ts';
import {excerpt} from './excerpt.ts';

const COLUMNS_NAMED = 10;

/** What is known about a column that the definition names and the data do not have. */
export interface MissingColumn {
  readonly name: string;
  /** The key of pipeline.yaml that names it. */
  readonly setting: string;
  readonly found: readonly string[];
  readonly where: string;
}

export function columnMissing({name, setting, found, where}: MissingColumn): PermanentError {
  const more = found.length > COLUMNS_NAMED ? ` and ${found.length - COLUMNS_NAMED} more` : '';
  const names = found.slice(0, COLUMNS_NAMED).map(excerpt).join(', ');
  const message = `There is no column ${excerpt(name)}; found: ${names}${more}.`;
  return new PermanentError('COLUMN_MISSING', message, {
    where,
    hint: `Correct ${setting} in pipeline.yaml, or the name in the data.`,
  });
}

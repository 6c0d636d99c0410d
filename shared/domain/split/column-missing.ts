import {PermanentError} from '../../errors.ts';
import {excerpt} from './excerpt.ts';
import {listed} from './listed.ts';

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
  const names = listed(found.map(excerpt), COLUMNS_NAMED);
  const message = `There is no column ${excerpt(name)}; found: ${names}.`;
  return new PermanentError('COLUMN_MISSING', message, {
    where,
    hint: `Correct ${setting} in pipeline.yaml, or the name in the data.`,
  });
}

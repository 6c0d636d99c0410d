import type {Complaint} from '../errors.ts';
import {isPipelineName} from './object-name.ts';
import {visible} from './split/excerpt.ts';
import {parseTableUri} from './table.ts';

/** Why a pipeline may not read a table; undefined when it may. */
export function tableComplaint(
  {pipeline, table: uri}: {readonly pipeline: string; readonly table: string},
  datasets: readonly string[],
): Complaint | undefined {
  const dataset = parseTableUri(uri)?.dataset ?? '';
  if (!datasets.includes(dataset)) {
    return {
      code: 'TABLE_NOT_ALLOWED',
      message: `tables of ${dataset} are not split here`,
      where: uri,
      hint: 'Add it to MILLRACE_TABLE_DATASETS, or name a table of a dataset that is there.',
    };
  }
  if (isPipelineName(pipeline)) return undefined;
  return {
    code: 'OBJECT_UNKNOWN',
    message: `${visible(JSON.stringify(pipeline))} is no pipeline name`,
    where: uri,
    hint: 'Give the name of the folder that holds pipeline.yaml.',
  };
}

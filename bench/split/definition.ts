import {dataSchema, type SplitDefinition, splitSchema} from '../../shared/domain/split/split-definition.ts';

/** @param key `row` or `columns` */
export function definitionFor(path: string, key: string | undefined): SplitDefinition {
  const isCsv = path.endsWith('.csv');
  const columns = ['id', isCsv ? 'group' : 'group.id'];
  return {
    data: dataSchema.parse({format: isCsv ? 'csv' : 'jsonl', label: 'label'}),
    split: splitSchema.parse({key: key === 'row' ? 'row' : columns}),
  };
}

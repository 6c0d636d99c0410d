import {join} from 'node:path';
import {DuckDBInstance} from '@duckdb/node-api';
import {report} from './report.ts';

// What a user of DuckDB would write: the file parsed, a column with the part, a partitioned copy. Of JSON it can only copy into one file.

const [path = '', folder = '', key] = process.argv.slice(2);
const isCsv = path.endsWith('.csv');
const source = isCsv
  ? `read_csv('${path}', all_varchar = true)`
  : `read_json('${path}', format = 'newline_delimited')`;
const hashed = key === 'row' ? 'hash(data)' : `hash(id, ${isCsv ? '"group"' : '"group".id'})`;

await report(async () => {
  const instance = await DuckDBInstance.create(':memory:', {threads: '1'});
  const connection = await instance.connect();
  await connection.run(`
    COPY (
      SELECT *, CASE ${hashed} % 10 WHEN 8 THEN 'validation' WHEN 9 THEN 'test' ELSE 'training' END AS part
      FROM ${source} AS data
    ) TO '${join(folder, 'parts')}' (${isCsv ? 'FORMAT csv, PARTITION_BY (part)' : 'FORMAT json'})`);
  connection.closeSync();
});

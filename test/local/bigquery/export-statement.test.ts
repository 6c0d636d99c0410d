import assert from 'node:assert/strict';
import {exportedRows, QueryError} from '../../../local/bigquery/export-rows.ts';
import {readExportStatement} from '../../../local/bigquery/export-statement.ts';
import {exportClause, type PartQuery, partQuery} from '../../../shared/domain/split/bigquery-sql.ts';
import {splitSchema} from '../../../shared/domain/split/split-definition.ts';

const QUERY: PartQuery = {
  source: {kind: 'lines'},
  key: {kind: 'csv', delimiter: ',', columns: [0, 2]},
  split: splitSchema.parse({salt: "it's"}),
  part: 'test',
};

function sqlOf(query: Partial<PartQuery> = {}): string {
  return exportClause('gs://b/p/test-*.csv') + partQuery({...QUERY, ...query});
}

function rowsOf(lines: readonly string[], query: Partial<PartQuery> = {}): string[] {
  return (['training', 'validation', 'test'] as const).flatMap((part) =>
    exportedRows(lines, readExportStatement(sqlOf({...query, part}))),
  );
}

describe('the export statement of a split', () => {
  it('is understood with its literals', () => {
    const {uri, salt, buckets, chosen, fields, source} = readExportStatement(sqlOf());

    assert.deepEqual([uri, salt, buckets, [...chosen]], ['gs://b/p/test-*.csv', "it's", 10n, [9n]]);
    assert.deepEqual(
      fields.map((field) => field.kind === 'capture' && field.index),
      [0, 2],
    );
    assert.equal(source.kind, 'lines');
  });

  it('is understood with the table it reads and the instant', () => {
    const table = {kind: 'table', table: 'the-project.d.t', snapshotMicros: '17'} as const;
    const {source} = readExportStatement(sqlOf({source: table, key: {kind: 'json', paths: ['a', 'b.c']}}));

    assert.deepEqual(source, {kind: 'table', table: 'the-project.d.t', snapshotMicros: 17n});
  });

  it('gives every record once, whatever the key', () => {
    const lines = ['a,1,x', '"a",2,x', '"a""b",3,"y,z"', ',,', 'b', '"c"d,4,e'];

    for (const key of [
      QUERY.key,
      {kind: 'row', delimiter: ','},
      {kind: 'csv', delimiter: ',', columns: [1]},
    ] as const)
      assert.deepEqual(rowsOf(lines, {key}).toSorted(), lines.toSorted());
  });

  it('leaves blank lines and carriage returns at the end out', () => {
    assert.deepEqual(rowsOf(['a,1,x\r', '', '\r']), ['a,1,x']);
  });

  for (const line of ['a,"b', '"a""', '"a"",b', 'x,"a""b']) {
    it(`stops at ${line}, a record that ends inside quotes`, () => {
      assert.throws(() => rowsOf([line]), QueryError);
    });
  }

  it('stops at what was not UTF-8', () => {
    assert.throws(() => rowsOf(['a,\uFFFD,b']), /ENCODING_NOT_UTF8/);
  });

  const others: readonly (readonly [string, (sql: string) => string, RegExp])[] = [
    ['another query', () => 'SELECT 1', /"SELECT 1" at \[1:1\]/],
    ['another format', (sql) => sql.replace("'CSV'", "'JSON'"), /"'JSON'.*\[1:60\]/],
    ['another hash', (sql) => sql.replace('FARM_FINGERPRINT', 'SHA256'), /"SHA256\(/],
    [
      'another order',
      (sql) => sql.replace('ORDER BY fingerprint IS NULL, fingerprint, record', 'ORDER BY record'),
      /"record" at/,
    ],
    ['something behind it', (sql) => `${sql} LIMIT 5`, /"LIMIT 5" at/],
    ['a comment', (sql) => `-- hello\n${sql}`, /"-- hello/],
    ['an open literal', (sql) => sql.replace("'CSV'", "'CSV"), /Not supported/],
  ];
  for (const [name, change, message] of others) {
    it(`refuses ${name}, and says where`, () => {
      assert.throws(() => readExportStatement(change(sqlOf())), {
        httpCode: 400,
        reason: 'invalidQuery',
        message,
      });
    });
  }
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import parser from 'node-sql-parser/build/bigquery.js';
import {exportClause, type PartQuery, partQuery} from '../../../../shared/domain/split/bigquery-sql.ts';
import {PARTS, splitSchema} from '../../../../shared/domain/split/split-definition.ts';
import {page} from '../../../docs/pages.ts';

const ROW: PartQuery = {
  source: {kind: 'lines'},
  key: {kind: 'row'},
  split: splitSchema.parse({}),
  part: 'training',
};

/** What a parser of BigQuery's dialect sees. It does not know EXPORT DATA, so it is given the query behind it. */
function parsed(query: Partial<PartQuery>): string {
  const sql = partQuery({...ROW, ...query});
  return JSON.stringify(new parser.Parser().astify(sql, {database: 'bigquery'}));
}

describe('the SQL of a split', () => {
  it('is a query in the eyes of a parser of the dialect, for every kind of key and source', () => {
    const keys: PartQuery['key'][] = [
      {kind: 'row'},
      {kind: 'csv', delimiter: ',', columns: [0]},
      {kind: 'csv', delimiter: '\t', columns: [3, 0]},
      {kind: 'json', paths: ['user.id']},
      {kind: 'json', paths: ['a', 'b', 'c.d']},
    ];
    const table = {
      kind: 'table',
      table: 'the-project.sales.orders',
      snapshotMicros: '1767225600000000',
    } as const;
    for (const key of keys)
      for (const part of PARTS)
        for (const source of [{kind: 'lines'} as const, table])
          assert.match(parsed({key, part, source}), /hashed/);
  });

  it('is a query with every delimiter that pipeline.yaml allows', () => {
    const delimiters = Array.from({length: 0x7f - 0x20}, (_, index) => String.fromCharCode(0x20 + index));
    for (const delimiter of ['\t', ...delimiters.filter((character) => character !== '"')])
      assert.match(parsed({key: {kind: 'csv', delimiter, columns: [1]}}), /hashed/, delimiter);
  });

  it('takes a salt as text, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.string({unit: fc.constantFrom("'", '\\', '\n', '`', '"', ')', ';', '-', 'a', 'ü', '\u2028')}),
        (salt) => {
          const sql = partQuery({...ROW, split: splitSchema.parse({salt})});
          const [, text = ''] = /CONCAT\(('(?:[^'\\]|\\.)*'), k0\)/.exec(sql) ?? [];
          assert.equal(unquoted(text), salt);
          assert.equal(sql.split('\n').length, partQuery(ROW).split('\n').length);
        },
      ),
    );
  });

  it('takes a key of JSON Lines as text, whatever is in it', () => {
    const path = "it's`; DROP TABLE t -- .größe";
    const sql = partQuery({...ROW, key: {kind: 'json', paths: [path]}});

    assert.match(parsed({key: {kind: 'json', paths: [path]}}), /hashed/);
    const [, text = ''] = /JSON_VALUE\(record, ('(?:[^'\\]|\\.)*')\)/.exec(sql) ?? [];
    assert.equal(unquoted(text), '$."it\'s`; DROP TABLE t -- "."größe"');
  });

  for (const path of ['a"b', 'a\\b', 'a\nb', 'a..b']) {
    it(`refuses the key ${JSON.stringify(path)}, which has no name in a JSONPath`, () => {
      assert.throws(() => partQuery({...ROW, key: {kind: 'json', paths: [path]}}), {code: 'KEY_NOT_IN_SQL'});
    });
  }

  it('never holds the name of a CSV column', () => {
    const sql = partQuery({...ROW, key: {kind: 'csv', delimiter: ',', columns: [7]}});

    assert.match(sql, /\[SAFE_OFFSET\(7\)\] AS c0/);
  });

  it('lists each bucket in one part', () => {
    const lists = PARTS.map((part) => /IN \((.*)\)/.exec(partQuery({...ROW, part}))?.[1]);

    assert.deepEqual(lists, ['0, 1, 2, 3, 4, 5, 6, 7', '8', '9']);
  });

  it('is the SQL in docs/reference/split.md', async () => {
    const text = await page('split.md');
    const split = splitSchema.parse({salt: '2024'});
    const csv = partQuery({...ROW, split, key: {kind: 'csv', delimiter: ',', columns: [0, 2]}, part: 'test'});
    const table = {
      kind: 'table',
      table: 'the-project.sales.orders',
      snapshotMicros: '1767225600000000',
    } as const;
    const json = partQuery({
      ...ROW,
      split,
      source: table,
      key: {kind: 'json', paths: ['customer.id']},
      part: 'test',
    });
    const clause = exportClause('gs://the-runs/flowers/r0/split/bigquery/test-a1-*.csv');

    assert.ok(text.includes(`\n${clause}${csv};\n`), `${clause}${csv};`);
    assert.ok(text.includes(`\n${json};\n`), `${json};`);
  });
});

/** The text of a string literal, by BigQuery's rules for those escapes that occur. */
function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9a-f]{4})|(.))/g, (_, code: string | undefined, character: string) =>
      code === undefined ? character : String.fromCharCode(Number.parseInt(code, 16)),
    );
}

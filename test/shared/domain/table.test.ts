import assert from 'node:assert/strict';
import {inputOfTable, inputUri, microsOf, parseTableUri, tableOf} from '../../../shared/domain/table.ts';

describe('parseTableUri', () => {
  it('knows the dataset and the table', () => {
    assert.deepEqual(parseTableUri('bq://the-project.sales.orders-2026 Größe'), {
      table: 'the-project.sales.orders-2026 Größe',
      dataset: 'the-project.sales',
    });
  });

  const others = [
    'gs://the-project/sales/orders',
    'bq://the-project.sales',
    'bq://the-project.sales.a.b',
    'bq://the-project.sales.a`b',
    'bq://the-project.sa-les.orders',
    'bq://Project.sales.orders',
    "bq://the-project.sales.o'r",
    'bq://the-project.sales.a\nb',
  ];
  for (const uri of others) {
    it(`knows no table in ${JSON.stringify(uri)}`, () => {
      assert.equal(parseTableUri(uri), undefined);
    });
  }
});

describe('microsOf', () => {
  it('counts microseconds, and cuts finer digits off', () => {
    assert.equal(microsOf('2026-01-01T00:00:00Z'), '1767225600000000');
    assert.equal(microsOf('2026-01-01T00:00:00.1Z'), '1767225600100000');
    assert.equal(microsOf('2026-01-01T00:00:00.123456999Z'), '1767225600123456');
  });

  for (const text of [
    '',
    'now',
    '2026-01-01',
    '2026-01-01T00:00:00+01:00',
    '2026-13-01T00:00:00Z',
    '1960-01-01T00:00:00Z',
  ]) {
    it(`has no instant for ${JSON.stringify(text)}`, () => {
      assert.equal(microsOf(text), undefined);
    });
  }
});

describe('the input of a run', () => {
  const table = {table: 'the-project.sales.orders', snapshotMicros: '17'};

  it('holds a table and the instant', () => {
    const input = inputOfTable('flowers', table);

    assert.deepEqual(tableOf(input), table);
    assert.equal(inputUri(input), 'bq://the-project.sales.orders@17');
  });

  it('holds an object otherwise', () => {
    const object = {bucket: 'bqq', name: 'flowers/data/a.csv', generation: '1'};

    assert.equal(tableOf(object), undefined);
    assert.equal(inputUri(object), 'gs://bqq/flowers/data/a.csv#1');
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {listQuery, pageOf} from '../../../local/storage/listing.ts';

const name = fc
  .array(fc.constantFrom('a', 'b', '/', 'é', '\u{1F600}', '\uFF5E'), {minLength: 1, maxLength: 5})
  .map((pieces) => pieces.join(''));
const names = fc.uniqueArray(name, {maxLength: 15});

describe('pageOf', () => {
  it('walks through everything once, in order, in pages of any size', () => {
    const prefix = fc.constantFrom('', 'a', 'a/');
    const delimiter = fc.constantFrom('', '/', 'b/');
    fc.assert(
      fc.property(names, prefix, delimiter, fc.integer({min: 1, max: 4}), (all, begin, cut, maxResults) => {
        const query = {prefix: begin, delimiter: cut};
        const whole = page(all, query);
        const walked = walk(all, {...query, maxResults});

        assert.deepEqual(walked.items, whole.items);
        assert.deepEqual(walked.prefixes, whole.prefixes);
        assert.deepEqual(whole.items, [...whole.items].sort(byBytes));
      }),
    );
  });

  it('shows each name once, as itself or in its prefix', () => {
    fc.assert(
      fc.property(names, (all) => {
        const {items, prefixes} = page(all, {delimiter: '/'});

        assert.deepEqual(items, all.filter((known) => !known.includes('/')).sort(byBytes));
        const folders = all.filter((known) => known.includes('/')).map((known) => `${known.split('/')[0]}/`);
        assert.deepEqual(new Set(prefixes), new Set(folders));
        assert.equal(prefixes.length, new Set(prefixes).size);
      }),
    );
  });

  it('starts at one offset and ends before the other', () => {
    assert.deepEqual(page(['a', 'b', 'c', 'd'], {startOffset: 'b', endOffset: 'd'}).items, ['b', 'c']);
  });

  it('gives at most 1000 at a time', () => {
    const all = Array.from({length: 1001}, (_, i) => String(i));

    const {items, nextPageToken} = page(all, {maxResults: 5000});

    assert.equal(items.length, 1000);
    assert.notEqual(nextPageToken, undefined);
  });
});

function page(all: readonly string[], query: object) {
  const {items, ...rest} = pageOf(
    all.map((known) => ({name: known})),
    listQuery.parse(query),
  );
  return {items: items.map((item) => item.name), ...rest};
}

function walk(all: readonly string[], query: object) {
  const items: string[] = [];
  const prefixes: string[] = [];
  for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
    const next = page(all, {...query, pageToken});
    items.push(...next.items);
    prefixes.push(...next.prefixes);
    pageToken = next.nextPageToken;
  }
  return {items, prefixes};
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

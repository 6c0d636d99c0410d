import assert from 'node:assert/strict';
import {type LocalStorage, startStorage} from './start-storage.ts';

describe('an object resource', () => {
  let service: LocalStorage;
  before(async () => {
    service = await startStorage();
    await service.storage.createBucket('resources');
  });
  after(() => service.close());

  const file = (object: string) => service.storage.bucket('resources').file(object);
  const send = (method: string, path: string, body?: object) =>
    fetch(`${service.origin}/storage/v1/b/resources/o${path}`, {
      method,
      ...(body && {body: JSON.stringify(body), headers: {'content-type': 'application/json'}}),
    });

  it('sent back whole changes only what a caller may change', async () => {
    await file('whole').save('x', {resumable: false});
    const [before] = await file('whole').getMetadata();

    const lies = {generation: '1', size: '9', md5Hash: 'AAAA', crc32c: 'AAAA', name: 'other', id: 'other'};
    const answer = await send('PATCH', '/whole', {...before, ...lies, contentType: 'text/csv'});

    const after = (await answer.json()) as typeof before;
    const {contentType, metageneration, etag, updated, ...rest} = after;
    assert.deepEqual([contentType, metageneration], ['text/csv', '2']);
    assert.deepEqual({...before, ...rest}, before);
  });

  it('loses a field that is set to null', async () => {
    await file('cleared').save('x', {
      resumable: false,
      metadata: {cacheControl: 'no-cache', metadata: {a: '1'}},
    });

    await send('PATCH', '/cleared', {cacheControl: null, metadata: {a: null}});

    const [metadata] = await file('cleared').getMetadata();
    assert.equal(metadata.cacheControl, undefined);
    assert.equal(metadata.metadata, undefined);
  });

  it('has all 64-bit numbers as texts', async () => {
    await file('numbers').save('x', {resumable: false});

    const resource = (await (await send('GET', '/numbers')).json()) as Record<string, unknown>;

    for (const field of ['generation', 'metageneration', 'size'])
      assert.equal(typeof resource[field], 'string');
  });

  it('is listed by clients that send flags in Python and fields we do not know', async () => {
    await file('flags').save('x', {resumable: false});

    const query = '?prefix=flags&versions=True&includeFoldersAsPrefixes=True&fields=items(name)&alt=json';
    const {items} = (await (await send('GET', query)).json()) as {items: {name: string}[]};

    assert.deepEqual(
      items.map(({name}) => name),
      ['flags'],
    );
  });

  it('is composed whatever sums the request carries', async () => {
    await file('part').save('ab', {resumable: false});

    const answer = await send('POST', '/sums/compose', {
      destination: {name: 'sums', contentType: 'text/csv', crc32c: 'AAAAAA==', md5Hash: 'AAAA'},
      sourceObjects: [{name: 'part'}, {name: 'part', generation: null}],
    });

    assert.equal(answer.status, 200);
    const [metadata] = await file('sums').getMetadata();
    assert.deepEqual([metadata.contentType, metadata.size], ['text/csv', '4']);
  });

  it('counts the components of its components', async () => {
    await file('part').save('ab', {resumable: false});
    await send('POST', '/two/compose', {sourceObjects: [{name: 'part'}, {name: 'part'}]});
    await send('POST', '/two/compose', {sourceObjects: [{name: 'two'}, {name: 'part'}]});

    const [metadata] = await file('two').getMetadata();
    assert.equal(metadata.componentCount, 3);
    assert.equal(String((await file('two').download())[0]), 'ababab');
  });

  it('is copied with the metadata the request gives instead of its own', async () => {
    await file('origin').save('x', {resumable: false, metadata: {metadata: {old: '1'}}});

    const answer = await send('POST', '/origin/rewriteTo/b/resources/o/target', {
      metadata: {new: '1'},
      md5Hash: 'AAAA',
    });

    const {done, resource} = (await answer.json()) as {done: boolean; resource: Record<string, unknown>};
    assert.equal(done, true);
    assert.deepEqual(resource.metadata, {new: '1'});
    await file('origin').delete();
    assert.equal(String((await file('target').download())[0]), 'x');
  });

  describe('is refused', () => {
    const compose = (count: number) => ({sourceObjects: Array(count).fill({name: 'kept'})});
    const REFUSED: Record<string, [method: string, path: string, body: object | undefined, status: number]> =
      {
        'an unknown field': ['PATCH', '/kept', {colour: 'red'}, 400],
        'a number as a text': ['PATCH', '/kept', {contentType: 7}, 400],
        'metadata that are no texts': ['PATCH', '/kept', {metadata: {a: 1}}, 400],
        'a change of an old generation': ['PATCH', '/kept?generation=1', {contentType: 'a/b'}, 404],
        'a change on a false condition': [
          'PATCH',
          '/kept?ifMetagenerationNotMatch=1',
          {contentType: 'a/b'},
          412,
        ],
        'a deletion on a false condition': ['DELETE', '/kept?ifGenerationMatch=0', undefined, 412],
        'a generation that is no number': ['DELETE', '/kept?generation=last', undefined, 400],
        'no results on a page': ['GET', '?maxResults=0', undefined, 400],
        'a glob, which is not offered': ['GET', '?matchGlob=**', undefined, 400],
        'a composition of nothing': ['POST', '/sum/compose', compose(0), 400],
        'a composition of 33': ['POST', '/sum/compose', compose(33), 400],
        'a composition of an old generation': [
          'POST',
          '/sum/compose',
          {sourceObjects: [{name: 'kept', generation: '1'}]},
          404,
        ],
        'a composition on a false condition': [
          'POST',
          '/sum/compose',
          {sourceObjects: [{name: 'kept', objectPreconditions: {ifGenerationMatch: '1'}}]},
          412,
        ],
        'a copy of an old generation': [
          'POST',
          '/kept/rewriteTo/b/resources/o/copy?sourceGeneration=1',
          {},
          404,
        ],
        'a copy on a false condition': [
          'POST',
          '/kept/copyTo/b/resources/o/copy?ifSourceGenerationMatch=1',
          {},
          412,
        ],
        'a copy over what must be new': [
          'POST',
          '/kept/rewriteTo/b/resources/o/kept?ifGenerationMatch=0',
          {},
          412,
        ],
        'a copy into an unknown bucket': ['POST', '/kept/rewriteTo/b/absent/o/copy', {}, 404],
      };
    for (const [what, [method, path, body, status]] of Object.entries(REFUSED)) {
      it(`for ${what}`, async () => {
        await file('kept').save('x', {resumable: false});
        const [before] = await file('kept').getMetadata();

        assert.equal((await send(method, path, body)).status, status);
        assert.deepEqual((await file('kept').getMetadata())[0], before);
      });
    }
  });
});

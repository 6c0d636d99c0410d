import assert from 'node:assert/strict';
import {readdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Storage} from '@google-cloud/storage';
import {type LocalStorage, startStorage} from './start-storage.ts';

describe('the storage service', () => {
  let service: LocalStorage;
  beforeEach(async () => {
    service = await startStorage();
    await service.storage.createBucket('kept');
  });
  afterEach(() => service.close());

  it('serves clients that are told by STORAGE_EMULATOR_HOST', async () => {
    process.env.STORAGE_EMULATOR_HOST = service.origin;
    const storage = new Storage({projectId: 'local'});
    delete process.env.STORAGE_EMULATOR_HOST;

    const object = storage.bucket('kept').file('a/b');
    await object.save('hello');
    await object.setMetadata({contentType: 'text/csv'});

    assert.equal(String((await object.download())[0]), 'hello');
    assert.deepEqual(
      (await storage.bucket('kept').getFiles())[0].map(({name}) => name),
      ['a/b'],
    );
    await object.delete();
  });

  it('has everything again after a kill', async () => {
    const file = service.storage.bucket('kept').file('x');
    await file.save('hello', {resumable: false, metadata: {metadata: {run: 'r1'}}});
    const [{generation, metadata}] = await file.getMetadata();

    const again = await service.again();

    const [found] = await again.storage.bucket('kept').file('x').getMetadata();
    assert.deepEqual([found.generation, found.metadata], [generation, metadata]);
    assert.equal(String((await again.storage.bucket('kept').file('x').download())[0]), 'hello');
    await again.stop();
  });

  it('goes on with greater generations though the last object is gone', async () => {
    const file = service.storage.bucket('kept').file('x');
    await file.save('1', {resumable: false});
    const [{generation}] = await file.getMetadata();
    await file.delete();

    const again = await service.again();
    await again.storage.bucket('kept').file('x').save('2', {resumable: false});

    const [next] = await again.storage.bucket('kept').file('x').getMetadata();
    assert.ok(BigInt(String(next.generation)) > BigInt(String(generation)));
    await again.stop();
  });

  it('removes at its start what a kill left half done', async () => {
    await service.storage.bucket('kept').file('x').save('hello', {resumable: false});
    const bodies = await readdir(join(service.folder, 'objects'));
    await writeFile(join(service.folder, 'objects', '1'), 'never committed');
    await writeFile(join(service.folder, 'uploads', 'half'), 'never ended');

    const again = await service.again();

    assert.deepEqual(await readdir(join(service.folder, 'objects')), bodies);
    assert.deepEqual(await readdir(join(service.folder, 'uploads')), []);
    await again.stop();
  });

  it('keeps no body of what is overwritten or deleted', async () => {
    const file = service.storage.bucket('kept').file('x');
    await file.save('1', {resumable: false});
    await file.save('2');
    await file.copy('y');
    await file.delete();
    await service.storage.bucket('kept').file('y').delete();

    assert.deepEqual(await readdir(join(service.folder, 'objects')), []);
    assert.deepEqual(await readdir(join(service.folder, 'uploads')), []);
  });

  it('does not know other methods', async () => {
    const answer = await fetch(`${service.origin}/storage/v1/b/kept/acl`);

    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /"error":\{"code":404/);
  });
});

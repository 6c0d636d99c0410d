import assert from 'node:assert/strict';
import {Readable} from 'node:stream';
import {setImmediate} from 'node:timers/promises';
import {dataSchema, PARTS, splitSchema} from '../../shared/domain/split/split-definition.ts';
import {RetryableError} from '../../shared/errors.ts';
import type {ObjectInfo, Objects} from '../../shared/object-ports.ts';
import {splitObject} from '../../shared/split-object.ts';
import {BUCKETS, emptyWorld, memoryPorts, type World} from '../support/memory-ports.ts';
import {DATA_CSV} from '../support/story.ts';

const DEFINITION = {data: dataSchema.parse({label: 'species'}), split: splitSchema.parse({})};

async function worldWith(text: string): Promise<{world: World; objects: Objects; source: ObjectInfo}> {
  const world = emptyWorld();
  const {objects} = memoryPorts(world);
  return {world, objects, source: await objects.put(BUCKETS.data, 'flowers/data/flowers.csv', text)};
}

function split(source: ObjectInfo, objects: Objects, definition = DEFINITION) {
  const request = {
    source,
    definition,
    definitionDigest: 'digest',
    bucket: BUCKETS.runs,
    folder: 'flowers/r1/split',
  };
  return splitObject(request, objects);
}

function written(world: World, name: string): string {
  return world.objects.get(`${BUCKETS.runs}/flowers/r1/split/${name}`)?.bytes.toString() ?? 'not there';
}

describe('splitObject', () => {
  it('writes every row of the object to one part, each under the header', async () => {
    const {world, objects, source} = await worldWith(DATA_CSV);

    await split(source, objects);

    const [header = '', ...rows] = DATA_CSV.trimEnd().split('\n');
    const parts = PARTS.map((part) => written(world, `${part}.csv`).trimEnd().split('\n'));
    assert.deepEqual(
      parts.map(([first]) => first),
      [header, header, header],
    );
    assert.deepEqual(parts.flatMap(([, ...others]) => others).sort(), rows.sort());
    assert.equal(written(world, 'rejects.csv'), '');
  });

  it('tells in the manifest where the parts are and what they were made from', async () => {
    const {world, objects, source} = await worldWith(DATA_CSV);

    const {input, parts, definitionDigest} = await split(source, objects);

    const {bucket, name, generation, sizeBytes, crc32c} = source;
    assert.deepEqual(input, {bucket, object: name, generation, size: sizeBytes, crc32c});
    assert.equal(definitionDigest, 'digest');
    for (const part of PARTS) {
      const stored = world.objects.get(`${BUCKETS.runs}/${parts[part].object}`);
      assert.equal(parts[part].object, `flowers/r1/split/${part}.csv`);
      assert.equal(parts[part].bytes, stored?.info.sizeBytes);
      assert.equal(parts[part].crc32c, stored?.info.crc32c);
    }
  });

  it('gives the same manifest again and writes nothing anew', async () => {
    const {world, objects, source} = await worldWith(DATA_CSV);
    const first = await split(source, objects);
    const before = new Map(world.objects);

    assert.deepEqual(await split(source, objects), first);
    assert.deepEqual(world.objects, before);
  });

  it('names the parts of JSON Lines by their format', async () => {
    const lines = Array.from({length: 60}, (_, row) => `{"length": ${row}, "species": "${row % 2}"}\n`);
    const {world, objects, source} = await worldWith(lines.join(''));
    const definition = {...DEFINITION, data: dataSchema.parse({label: 'species', format: 'jsonl'})};

    await split(source, objects, definition);

    assert.ok(written(world, 'test.jsonl').startsWith('{"length": '));
  });

  it('refuses data it cannot use and adds the object to the place', async () => {
    const {objects, source} = await worldWith('length,width\n1,2\n');

    await assert.rejects(split(source, objects), {
      code: 'COLUMN_MISSING',
      where: `gs://the-data/flowers/data/flowers.csv#${source.generation}, line 1`,
      hint: /data\.label/,
    });
  });

  it('refuses a line of 200 MB when it has seen little more than the first of them', async () => {
    const {objects, source} = await worldWith('');
    const megabyte = Buffer.alloc(1024 ** 2, 'x');
    let given = 0;
    const endless = Readable.from(
      (function* () {
        yield Buffer.from('length,species\n');
        for (; given < 200; given += 1) yield megabyte;
      })(),
    );

    await assert.rejects(split(source, {...objects, read: async () => endless}), {
      code: 'RECORD_TOO_LARGE',
      where: /flowers\.csv#\d+, line 2$/,
    });
    // A stream of objects reads sixteen ahead.
    assert.ok(given < 20, `${given} MB were read`);
    assert.ok(endless.destroyed);
  });

  it('names the object alone where the data have no place to name', async () => {
    const {objects, source} = await worldWith('');

    await assert.rejects(split(source, objects), {
      code: 'DATA_EMPTY',
      where: `gs://the-data/flowers/data/flowers.csv#${source.generation}`,
    });
  });

  it('refuses to write over a part of other content, which keeps its own place', async () => {
    const {objects, source} = await worldWith(DATA_CSV);
    await objects.put(BUCKETS.runs, 'flowers/r1/split/test.csv', 'something else');

    await assert.rejects(split(source, objects), {code: 'INTEGRITY'});
  });

  it('survives a refusal that comes before the writers have begun to read', async () => {
    const {objects, source} = await worldWith('');
    const slow: Objects = {
      ...objects,
      async create(bucket, name, body) {
        await setImmediate();
        return objects.create(bucket, name, body);
      },
    };

    await assert.rejects(split(source, slow), {code: 'DATA_EMPTY'});
    await setImmediate();
  });

  it('lets go of the input and of the other parts when one cannot be written', async () => {
    const {objects, source} = await worldWith('');
    const input = endless();
    const ends: Promise<unknown>[] = [];
    const failing: Objects = {
      ...objects,
      read: async () => input,
      async create(bucket, name, body) {
        if (name.endsWith('training.csv')) throw new RetryableError('503');
        const end = objects.create(bucket, name, body);
        ends.push(end);
        return end;
      },
    };
    const closed = new Promise((resolve) => input.once('close', resolve));

    await assert.rejects(split(source, failing), /503/);

    await closed;
    const outcomes = await Promise.allSettled(ends);
    assert.deepEqual(
      outcomes.map(({status}) => status),
      ['rejected', 'rejected', 'rejected'],
    );
  });

  it('lets go of the input also when a writer fails while nothing arrives', async () => {
    const {objects, source} = await worldWith('');
    const failed = Promise.withResolvers<void>();
    const input = endless(failed.promise);
    const failing: Objects = {
      ...objects,
      read: async () => input,
      create: (_bucket, name) =>
        name.endsWith('test.csv') ? Promise.reject(new RetryableError('503')) : new Promise(() => {}),
    };
    const closed = new Promise((resolve) => input.once('close', resolve));

    await assert.rejects(split(source, failing), /503/);

    failed.resolve();
    await closed;
  });

  it('reads no faster than the parts are written', async () => {
    const {objects, source} = await worldWith('');
    const row = (index: number) => `${index},${'x'.repeat(1000)},${index % 2}\n`;
    const chunks = Array.from({length: 256}, (_, chunk) =>
      Buffer.from(Array.from({length: 64}, (_row, index) => row(chunk * 64 + index)).join('')),
    );
    let bytesAhead = 0;
    let mostAhead = 0;
    function* reading() {
      yield Buffer.from('id,text,species\n');
      for (const chunk of chunks) {
        bytesAhead += chunk.length;
        mostAhead = Math.max(mostAhead, bytesAhead);
        yield chunk;
      }
    }
    async function* slowly(body: AsyncIterable<Buffer>) {
      for await (const chunk of body) {
        bytesAhead -= chunk.length;
        yield chunk;
        await setImmediate();
      }
    }
    const slow: Objects = {
      ...objects,
      read: async () => Readable.from(reading(), {objectMode: false}),
      create: (bucket, name, body) =>
        objects.create(bucket, name, typeof body === 'string' ? body : Readable.from(slowly(body))),
    };

    await split(source, slow, {...DEFINITION, split: splitSchema.parse({key: ['id']})});

    assert.ok(mostAhead < 8 * 1024 * 1024, `${mostAhead} bytes of 16 MiB were held`);
  });

  it('passes on what a service says, without the place', async () => {
    const {objects, source} = await worldWith(DATA_CSV);
    const away: Objects = {...objects, create: () => Promise.reject(new RetryableError('503'))};

    await assert.rejects(split(source, away), (error) => error instanceof RetryableError);
  });
});

/** A file that goes on for as long as somebody reads, its rows not before a moment. */
function endless(moment?: Promise<void>): Readable {
  const rows = Buffer.from('1,2,iris\n'.repeat(10_000));
  async function* chunks() {
    yield Buffer.from('length,width,species\n');
    await moment;
    for (;;) yield rows;
  }
  return Readable.from(chunks(), {objectMode: false});
}

import {createHash} from 'node:crypto';
import {Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {Storage} from '@google-cloud/storage';
import {Crc32c} from '../../shared/gateways/crc32c.ts';
import {report} from '../split/report.ts';

// The storage client copies an object through this process, as its documentation has it, and checks the sums of both directions.
//
//     STORAGE_EMULATOR_HOST=… node copy.ts [sha256]      with the digest that a manifest needs

const [wantsDigest] = process.argv.slice(2);

function digesting(): Transform {
  const sha256 = createHash('sha256');
  return new Transform({
    transform(chunk, _encoding, done) {
      sha256.update(chunk);
      done(null, chunk);
    },
  });
}

await report(async () => {
  const storage = new Storage({projectId: 'bench', crc32cGenerator: () => new Crc32c()});
  const bucket = storage.bucket('bench');
  const source = bucket.file('data').createReadStream({decompress: false});
  const sink = bucket.file('copy').createWriteStream({preconditionOpts: {ifGenerationMatch: 0}});
  await (wantsDigest === undefined ? pipeline(source, sink) : pipeline(source, digesting(), sink));
});

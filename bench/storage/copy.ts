import {pipeline} from 'node:stream/promises';
import {Storage} from '@google-cloud/storage';
import {Crc32c} from '../../shared/gateways/crc32c.ts';
import {report} from '../split/report.ts';

// The storage client copies an object through this process, as its documentation has it, and checks the sums of both directions.

await report(async () => {
  const storage = new Storage({projectId: 'bench', crc32cGenerator: () => new Crc32c()});
  const bucket = storage.bucket('bench');
  await pipeline(
    bucket.file('data').createReadStream({decompress: false}),
    bucket.file('copy').createWriteStream({preconditionOpts: {ifGenerationMatch: 0}}),
  );
});

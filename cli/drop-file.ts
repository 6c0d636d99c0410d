import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import {basename} from 'node:path';
import {runIdOf} from '../shared/domain/ids.ts';
import {classifyObject} from '../shared/domain/object-name.ts';
import {visible} from '../shared/domain/split/excerpt.ts';
import {PermanentError} from '../shared/errors.ts';
import type {ObjectInfo} from '../shared/object-ports.ts';
import type {Ports} from '../shared/ports.ts';
import {assertFile} from './assert-file.ts';

export interface Dropped {
  readonly runId: string;
  readonly object: ObjectInfo;
}

/**
 * Uploads a data file where its arrival starts a run.
 * @throws PermanentError FILE_MISSING; DATA_EMPTY or OBJECT_UNKNOWN when nothing would start, so that nobody waits for it
 */
export async function dropFile(file: string, pipeline: string, ports: Ports): Promise<Dropped> {
  await assertFile(file);
  const {size} = await stat(file);
  if (size === 0) {
    throw new PermanentError('DATA_EMPTY', 'the file is empty, and an empty object starts no run', {
      where: file,
      hint: 'Write the data into it first.',
    });
  }
  const bucket = ports.buckets.data;
  const name = `${pipeline}/data/${basename(file)}`;
  if (classifyObject(name).kind !== 'data') {
    throw new PermanentError('OBJECT_UNKNOWN', 'an object of this name starts no run', {
      where: visible(`gs://${bucket}/${name}`),
      hint: 'A pipeline name has lower-case letters, digits and hyphens; a file name is not that of a temporary file.',
    });
  }
  const object = await ports.objects.put(bucket, name, createReadStream(file));
  return {runId: runIdOf({...object, epoch: 0}), object};
}

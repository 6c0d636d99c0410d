import {createHash} from 'node:crypto';
import {access, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {create} from 'tar';
import {PermanentError} from '../shared/errors.ts';

const LEFT_OUT = new Set(['__pycache__', 'node_modules', '.git', '.venv', '.DS_Store']);

/** A trainer's source as one archive; the same files give the same bytes, on any machine and day. */
export interface PackedTrainer {
  readonly archive: Buffer;
  readonly sha256: string;
}

/** @throws PermanentError TRAINER_INCOMPLETE when the folder has no Dockerfile */
export async function packTrainer(folder: string): Promise<PackedTrainer> {
  await access(join(folder, 'Dockerfile')).catch((cause: unknown) => {
    throw new PermanentError('TRAINER_INCOMPLETE', 'the trainer has no Dockerfile', {
      where: folder,
      hint: 'Point trainer.source of pipeline.yaml at a folder with a Dockerfile.',
      cause,
    });
  });
  const files = (await filesIn(folder, '')).sort();
  const packed = create(
    {cwd: folder, gzip: true, portable: true, mtime: new Date(0), noDirRecurse: true},
    files,
  );
  const archive = await buffer(packed);
  return {archive, sha256: createHash('sha256').update(archive).digest('hex')};
}

async function filesIn(root: string, below: string): Promise<string[]> {
  const entries = await readdir(join(root, below), {withFileTypes: true});
  const nested = entries
    .filter(({name}) => !LEFT_OUT.has(name))
    .map(async (entry) => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      return entry.isDirectory() ? filesIn(root, path) : [path];
    });
  return (await Promise.all(nested)).flat();
}

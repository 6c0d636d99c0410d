import {stat} from 'node:fs/promises';
import {PermanentError} from '../shared/errors.ts';

/** @throws PermanentError FILE_MISSING unless the path is that of a file */
export async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  throw new PermanentError(
    'FILE_MISSING',
    found === undefined ? 'there is no such file' : 'this is no file',
    {
      where: path,
      hint: 'Give the path of a CSV or JSON Lines file.',
    },
  );
}

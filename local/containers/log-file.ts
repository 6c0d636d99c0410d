import {randomUUID} from 'node:crypto';
import {join} from 'node:path';

/** A new name for a container's log: when it started, of which image. */
export function logFileFor(folder: string, image: string): string {
  const started = new Date().toISOString().replaceAll(':', '-');
  const name = image
    .slice(image.lastIndexOf('/') + 1)
    .replace(/@.*$/, '')
    .replaceAll(':', '-');
  return join(folder, `${started}-${name}-${randomUUID().slice(0, 8)}.log`);
}

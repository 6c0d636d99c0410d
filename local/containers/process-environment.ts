import {existsSync} from 'node:fs';
import {delimiter, dirname, join} from 'node:path';
import type {ImageConfig} from './dockerfile.ts';

/**
 * The folder of this machine behind an absolute path of the container, where the image has one; any other text, and paths
 * such as `/bin/sh` that the base image would bring, stay as they are.
 */
export function onThisMachine(root: string, text: string): string {
  return text.startsWith('/') && text !== '/' && existsSync(join(root, text)) ? join(root, text) : text;
}

export interface ProcessFolders {
  /** The image's root folder. */
  readonly root: string;
  /** Private to the process: its HOME and its TMPDIR. */
  readonly scratch: string;
  /** Python's packages. */
  readonly venv: string | undefined;
}

/** The environment of a process image: the image's own, and of the developer's nothing but PATH and LANG. */
export function processEnvironment(
  config: ImageConfig,
  {root, scratch, venv}: ProcessFolders,
): Record<string, string> {
  const programs = [
    ...(venv === undefined ? [] : [join(venv, 'bin')]),
    dirname(process.execPath),
    process.env.PATH ?? '',
  ].join(delimiter);
  const env = Object.entries(config.env).map(([name, value]) => {
    const parts = value.split(delimiter).map((part) => onThisMachine(root, part));
    return [name, parts.join(delimiter).replaceAll('$PATH', programs)];
  });
  return {
    PATH: programs,
    HOME: scratch,
    TMPDIR: scratch,
    LANG: process.env.LANG ?? 'C.UTF-8',
    ...Object.fromEntries(env),
  };
}

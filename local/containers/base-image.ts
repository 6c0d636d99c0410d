/** The programs a base image brings that this machine has to stand in for. */
export type Runtime = 'python' | 'node' | 'system';

const RUNTIMES: Readonly<Record<string, Runtime>> = {
  python: 'python',
  node: 'node',
  alpine: 'system',
  busybox: 'system',
  debian: 'system',
  ubuntu: 'system',
};

/** The runtime behind a FROM reference such as `python:3.12-slim`; undefined when only a Docker engine could provide it. */
export function runtimeOf(image: string): Runtime | undefined {
  const [path = ''] = image.split('@');
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/:.*$/, '');
  return Object.hasOwn(RUNTIMES, name) ? RUNTIMES[name] : undefined;
}

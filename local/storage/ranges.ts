import type {ByteRange} from './bodies.ts';

/**
 * What a `Range` header asks of a body. A header of another unit, of several ranges or of bad syntax asks for all of it.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
export function parseRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'all' | 'unsatisfiable' {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || from + to === '') return 'all';
  if (from !== '' && to !== '' && Number(to) < Number(from)) return 'all';
  const first = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  if (first >= sizeBytes) return 'unsatisfiable';
  const last = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return {first, last};
}

import {sha256Hex} from '../shared/domain/ids.ts';

/** The header of a CSV without quoted line breaks, and its first rows. */
export function firstRows(csv: string, count: number): string {
  return `${csv.split('\n', count + 1).join('\n')}\n`;
}

/**
 * The same rows, a share of them with the label of another row: its last column. Which row gets whose is as good as chance and the
 * same each time.
 */
export function withShuffledLabels(csv: string, share: number): string {
  const [header = '', ...rows] = csv.trimEnd().split('\n');
  const mixed = rows
    .map((row, index) => ({index, order: sha256Hex(`${index} ${row}`)}))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({index}) => index)
    .slice(0, Math.round(rows.length * share));
  const labels = mixed.map((index) => labelOf(rows[index] ?? ''));
  const shuffled = [...rows];
  for (const [place, index] of mixed.entries()) {
    const row = rows[index] ?? '';
    const label = labels[(place + 1) % labels.length] ?? '';
    shuffled[index] = row.slice(0, row.lastIndexOf(',') + 1) + label;
  }
  return [header, ...shuffled, ''].join('\n');
}

function labelOf(row: string): string {
  return row.slice(row.lastIndexOf(',') + 1);
}

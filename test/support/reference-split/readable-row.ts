import type {Row, RowReader} from './row.ts';

/** A row with text for bytes. */
export interface ReadableRow {
  readonly kind: Row['kind'];
  readonly text: string;
  readonly key?: string;
  readonly label?: string;
  readonly line?: number;
  readonly reason?: string;
}

export function readRows(reader: RowReader, text: string): ReadableRow[] {
  return [...reader.push(Buffer.from(text)), ...reader.finish()].map(readable);
}

function readable({bytes, ...row}: Row): ReadableRow {
  const text = Buffer.from(bytes).toString();
  return row.kind === 'sound' ? {...row, text, key: Buffer.from(row.key).toString()} : {...row, text};
}

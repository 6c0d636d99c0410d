import {isUtf8} from 'node:buffer';
import {PermanentError} from '../../errors.ts';

/** How many bytes `byteOrderMarkLength` wants to see unless the file is shorter. */
export const OPENING_BYTES = 5;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** First bytes of files that are no text. Parquet's four letters could open a CSV header, so the byte after them counts too. */
const BINARY_FORMATS: readonly (readonly [name: string, signature: Buffer])[] = [
  ['a ZIP archive or an Excel workbook', Buffer.from('PK\x03\x04')],
  ['an empty ZIP archive', Buffer.from('PK\x05\x06')],
  ['gzip inside gzip', Buffer.from([0x1f, 0x8b])],
  ['a Parquet file', Buffer.from('PAR1\x15')],
  ['an Avro file', Buffer.from('Obj\x01')],
  ['Zstandard data', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
];

const UTF16_MARKS: readonly Buffer[] = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * The length of the byte order mark that the file begins with: 3 or 0.
 * @throws PermanentError DATA_BINARY or ENCODING_NOT_UTF8 when the first bytes are those of another kind of file
 */
export function byteOrderMarkLength(opening: Buffer): number {
  const binary = BINARY_FORMATS.find(([, signature]) => startsWith(opening, signature));
  if (binary !== undefined) {
    throw new PermanentError('DATA_BINARY', `The data is ${binary[0]}, not CSV or JSON Lines.`, {
      where: 'byte 0',
      hint: 'Upload plain text, or text compressed once with gzip.',
    });
  }
  if (UTF16_MARKS.some((mark) => startsWith(opening, mark)))
    throw notUtf8('The data is UTF-16, not UTF-8.', 0);
  return startsWith(opening, BOM) ? BOM.length : 0;
}

/**
 * @param offset of the first byte in the file, for the complaint
 * @throws PermanentError CONTROL_CHAR
 */
export function assertNoNul(bytes: Buffer, offset: number): void {
  const nul = bytes.indexOf(0);
  if (nul < 0) return;
  throw new PermanentError('CONTROL_CHAR', 'The data contains a NUL byte.', {
    where: `byte ${offset + nul}`,
    hint: 'Text has none: if this is UTF-16, save it as UTF-8; otherwise remove the byte.',
  });
}

/**
 * @param bytes whole characters, not cut inside one
 * @param offset of the first byte in the file, for the complaint
 * @throws PermanentError ENCODING_NOT_UTF8
 */
export function assertUtf8(bytes: Buffer, offset: number): void {
  if (isUtf8(bytes)) return;
  const decodedAndBack = Buffer.from(bytes.toString('utf8'));
  const invalid = bytes.findIndex((byte, at) => byte !== decodedAndBack[at]);
  throw notUtf8('The data contains bytes that are not UTF-8.', offset + invalid);
}

function notUtf8(message: string, offset: number): PermanentError {
  return new PermanentError('ENCODING_NOT_UTF8', message, {
    where: `byte ${offset}`,
    hint: 'Save the file as UTF-8, for example with iconv -f WINDOWS-1252 -t UTF-8.',
  });
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.subarray(0, prefix.length).equals(prefix);
}

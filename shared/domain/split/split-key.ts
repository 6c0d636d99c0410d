/**
 * The canonical key of a record: one field as it is, several as netstrings (`<bytes>:<field>,` each, https://cr.yp.to/proto/netstrings.txt),
 * so that `("ab", "c")` and `("a", "bc")` differ. The bytes are hashed after the salt:
 *
 *     FARM_FINGERPRINT(CONCAT(salt, id))                                                       -- one column
 *     FARM_FINGERPRINT(CONCAT(salt, FORMAT('%d:%s,%d:%s,', BYTE_LENGTH(a), a, BYTE_LENGTH(b), b)))   -- two
 *
 * For the key `row` the only field is the record itself without its line terminator.
 */
export function keyOf(fields: readonly Uint8Array[]): Uint8Array {
  const [only] = fields;
  if (only !== undefined && fields.length === 1) return only;
  return Buffer.concat(fields.flatMap((field) => [Buffer.from(`${field.length}:`), field, COMMA]));
}

const COMMA = Buffer.from(',');

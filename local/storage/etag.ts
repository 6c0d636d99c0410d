/** An entity tag that changes with content and metadata. */
export function etagOf(...versions: readonly string[]): string {
  return Buffer.from(versions.join('/')).toString('base64');
}

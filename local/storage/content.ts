/** Bytes on disk, ready to become an object. */
export interface Content {
  readonly path: string;
  readonly sizeBytes: number;
  readonly crc32c: string;
  /** Composed objects have none. */
  readonly md5Hash?: string;
  /** How many uploads a composed object was made of. */
  readonly componentCount?: number;
}

import type {RecordCopy, RecordSample} from '../../../shared/domain/split/record-sample.ts';
import type {Part} from '../../../shared/domain/split/split-definition.ts';

const MOST_FIRST = 4096;
const MOST_FIRST_BYTES = 1024 * 1024;
const MOST = 1024;
const MOST_BYTES = 2 * 1024 * 1024;
const RECORDS_PER_KEY = 16;
const MULTIPLIER = 0x9e3779b97f4a7c15n;
const LARGEST = 2n ** 64n - 1n;

interface Sampled extends RecordCopy {
  readonly key: bigint;
  readonly digest: bigint;
  rows: number;
}

/** Keeps the records that somebody else reads again: the first ones, and a sample of all by the fingerprints of their keys. */
export class RecordSampler {
  readonly #first: RecordCopy[] = [];
  #firstBytes = 0;
  #areFirstKept = false;
  #sampled = new Map<string, Sampled>();
  #keyLimit = LARGEST;
  #digestLimit = LARGEST;
  #share = 1;

  look(part: Part, key: bigint, record: Uint8Array): void {
    const content = withoutLineEnd(Buffer.from(record));
    this.#keepFirst({part, content});
    const digest = digestOf(key, content);
    const identity = `${part} ${content.toString('latin1')}`;
    const known = this.#sampled.get(identity);
    if (known !== undefined) {
      known.rows += 1;
      return;
    }
    const next = {part, content, key, digest, rows: 1};
    while (this.#isWithinLimits(next) && !this.#hasRoomFor(content)) this.#thin();
    if (this.#isWithinLimits(next)) this.#sampled.set(identity, next);
  }

  sample(): RecordSample {
    const sampled = [...this.#sampled.values()].map(({part, content, rows}) => ({part, content, rows}));
    return {first: this.#first, sampled, share: this.#share};
  }

  #keepFirst(copy: RecordCopy): void {
    const {length} = copy.content;
    this.#areFirstKept ||= this.#first.length === MOST_FIRST || this.#firstBytes + length > MOST_FIRST_BYTES;
    if (this.#areFirstKept) return;
    this.#first.push(copy);
    this.#firstBytes += length;
  }

  #isWithinLimits({key, digest}: Sampled): boolean {
    return key <= this.#keyLimit && digest <= this.#digestLimit;
  }

  #hasRoomFor({length}: Buffer): boolean {
    const bytes = [...this.#sampled.values()].reduce((total, {content}) => total + content.length, 0);
    return this.#sampled.size < MOST && bytes + length <= MOST_BYTES;
  }

  #thin(): void {
    const keys = new Set([...this.#sampled.values()].map(({key}) => (key >> 16n) % 4096n)).size;
    if (this.#sampled.size > keys * RECORDS_PER_KEY) this.#digestLimit >>= 1n;
    else this.#keyLimit >>= 1n;
    this.#share /= 2;
    this.#sampled = new Map([...this.#sampled].filter(([, record]) => this.#isWithinLimits(record)));
  }
}

function withoutLineEnd(record: Buffer): Buffer {
  const line = record.at(-1) === 0x0a ? record.subarray(0, -1) : record;
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}

function digestOf(key: bigint, content: Buffer): bigint {
  if (content.length < 8) return key;
  const places = [0, (content.length - 8) >> 1, content.length - 8];
  const [first = 0n, middle = 0n, last = 0n] = places.map((place) => content.readBigUInt64LE(place));
  let digest = times(key ^ first);
  digest = times(turned(digest) ^ middle);
  digest = times(turned(digest) ^ last);
  return digest ^ (digest >> 32n);
}

function times(value: bigint): bigint {
  return BigInt.asUintN(64, value * MULTIPLIER);
}

function turned(value: bigint): bigint {
  return BigInt.asUintN(64, value << 32n) | (value >> 32n);
}

import {once} from 'node:events';
import {createWriteStream} from 'node:fs';

/** What is measured on; all have the columns id, group and label. */
export const DATA_KINDS = ['numbers.csv', 'texts.csv', 'objects.jsonl'] as const;

export type DataKind = (typeof DATA_KINDS)[number];

const PAGE_ROWS = 20_000;

/** Writes a file of about that many bytes: a page of rows again and again, the same in every run. */
export async function generate(kind: DataKind, path: string, bytes: number): Promise<void> {
  const {header, row} = KINDS[kind];
  const random = randomNumbers();
  const page = Buffer.from(Array.from({length: PAGE_ROWS}, (_, index) => row(index, random)).join(''));
  const file = createWriteStream(path);
  file.write(header);
  for (let written = 0; written < bytes; written += page.length) {
    if (!file.write(page)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

type Random = () => number;

const KINDS: Readonly<
  Record<DataKind, {readonly header: string; row(index: number, random: Random): string}>
> = {
  'numbers.csv': {
    header: 'id,group,a,b,c,d,e,f,g,h,label\n',
    row: (index, random) => {
      const values = Array.from({length: 8}, () => (random() * 200 - 100).toFixed(4));
      return `${index},g${index % 997},${values.join(',')},${index % 3}\n`;
    },
  },
  'texts.csv': {
    header: 'id,group,text,label\n',
    row: (index, random) =>
      `"u${index}","g, ${index % 997}","${sentence(random, '""', '\n')}",${index % 3}\n`,
  },
  'objects.jsonl': {
    header: '',
    row: (index, random) =>
      `{"id": "u${index}", "group": {"id": ${index % 997}}, "text": "${sentence(random, '\\"', '\\n')}", "score": ${random().toFixed(4)}, "label": ${index % 3}}\n`,
  },
};

const WORDS = ['the', 'quick', 'brown', 'fox,', 'jumps', 'over', 'a', 'lazy', 'dog', 'déjà', 'vu'] as const;

function sentence(random: Random, quote: string, lineBreak: string): string {
  const words = Array.from(
    {length: 10 + Math.floor(random() * 30)},
    () => WORDS[Math.floor(random() * WORDS.length)],
  );
  return `${quote}${words.join(' ')}${quote}${lineBreak}`;
}

/** Mulberry32. */
function randomNumbers(): Random {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

import fc from 'fast-check';
import type {SplitDefinition} from '../../../../shared/domain/split/split-definition.ts';
import {agreedOutcome} from '../../../support/reference-split/agreement.ts';
import {anyBytes, anyCuts} from '../../../support/reference-split/arbitraries.ts';
import {definitionOf} from './split-text.ts';

// The kernel against JSON.parse and a splitter in TypeScript that hashes with BigInt.

describe('Splitter on JSON Lines, compared with the reference', () => {
  it('splits JSON Lines alike', () => {
    fc.assert(
      fc.property(jsonlFile, jsonlDefinition, anyCuts, (text, definition, cuts) => {
        agreedOutcome(Buffer.from(text), definition, cuts);
      }),
      {numRuns: 60},
    );
  });

  it('reads every single line of JSON alike', () => {
    fc.assert(
      fc.property(fc.array(anyLine, {minLength: 1, maxLength: 4}), jsonlDefinition, (lines, definition) => {
        agreedOutcome(Buffer.from([...GOOD_LINES, ...lines].join('\n')), definition, [100_000]);
      }),
      {numRuns: 200},
    );
  });

  it('refuses JSON Lines alike', () => {
    const words = [
      '{',
      '}',
      '"label"',
      ':',
      ',',
      '1',
      '-',
      '0',
      '.',
      '[',
      ']',
      '\\',
      ' ',
      '\n',
      '\r',
      '"id"',
      'null',
      'e',
    ];
    fc.assert(
      fc.property(anyBytes(words), jsonlDefinition, anyCuts, (bytes, definition, cuts) => {
        agreedOutcome(
          Buffer.concat([Buffer.from('{"id": "1", "label": 1, "a": {"b": 1}}\n'), bytes]),
          definition,
          cuts,
        );
      }),
      {numRuns: 200},
    );
  });
});

const GOOD_LINES = Array.from(
  {length: 500},
  (_, row) => `{"id": "u${row}", "a": {"b": ${row % 50}}, "label": ${row % 3}, "note": "n"}`,
);

/** Values in their text, some with an exact one and some without. */
const anyScalar = fc.oneof(
  fc.constantFrom('"x"', '"é😀"', '""', '"a\\"b"', '"\\u0041"', '"\\ud800"', 'true', 'false', 'null'),
  fc.constantFrom(
    '0',
    '-0',
    '7',
    '-12',
    '1.5',
    '1.50',
    '-0.25',
    '0.000001',
    '0.0000001',
    '1e3',
    '1E-7',
    '-0.0',
    '100.0',
  ),
  fc.constantFrom(
    '123456789012345',
    '1234567890123456',
    '9007199254740991',
    '9007199254740993',
    '0.123456789012345',
    '1.2345678901234567',
  ),
  fc.constantFrom(
    '01',
    '1.',
    '.5',
    '+1',
    'nul',
    'True',
    '"open',
    '"tab\t"',
    '"\\x"',
    '"\\u12G4"',
    '1e',
    '--1',
    'NaN',
  ),
  fc.double({noNaN: true, noDefaultInfinity: true}).map(String),
);
const anyValue = fc.oneof(
  {weight: 6, arbitrary: anyScalar},
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{}',
      '[]',
      '[1, [2, {"label": 3}], "]"]',
      '{"b": "deep"}',
      '{"b": {"b": 1}}',
      '[1,]',
      '{"b": 1,}',
      '[',
      '{"b" 1}',
    ),
  },
);
const anyName = fc.constantFrom(
  '"label"',
  '"id"',
  '"a"',
  '"b"',
  '"x"',
  '"\\u0069d"',
  '"lab"',
  '"labels"',
  '"__proto__"',
);
const anySpace = fc.constantFrom('', '', '', ' ', '\t ', '\r');
const anyMember = fc
  .tuple(anyName, anySpace, anyValue, anySpace)
  .map(([name, before, value, after]) => `${name}${before}:${value}${after}`);
/** Half of them have all that a definition can ask for. */
const anyObject = fc
  .tuple(
    fc.oneof(fc.constant([]), fc.array(anyMember, {maxLength: 2})),
    fc.option(
      fc
        .tuple(anyScalar, anyScalar, anyScalar)
        .map(([id, b, label]) => `"id": ${id}, "a": {"b": ${b}}, "label":${label}`),
    ),
  )
  .map(([members, wanted]) => `{${[...(wanted === null ? [] : [wanted]), ...members].join(',')}}`);
const anyLine = fc.oneof(
  {weight: 8, arbitrary: anyObject},
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '[1]',
      'null',
      '{} {}',
      `${'['.repeat(40)}1${']'.repeat(40)}`,
      `{"id":"q","label":1,"a":{"b":1},"x":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`,
    ),
  },
);

const jsonlFile = fc
  .tuple(
    fc.shuffledSubarray(GOOD_LINES, {minLength: 480}),
    fc.array(anyObject, {maxLength: 4}),
    fc.constantFrom('\n', '\r\n', '\n\n'),
    fc.boolean(),
  )
  .map(
    ([good, more, end, isEnded]) =>
      `\n${GOOD_LINES[0]}${end}${[...more, ...good].join(end)}${isEnded ? end : ''}`,
  );

const jsonlDefinition: fc.Arbitrary<SplitDefinition> = fc
  .record({
    label: fc.constantFrom('label', 'label', 'a.b'),
    key: fc.constantFrom<'row' | string[]>('row', ['id'], ['a.b'], ['id', 'a.b'], ['label', 'label']),
    salt: fc.constantFrom('', 'pepper'),
  })
  .map(({label, key, salt}) => definitionOf({format: 'jsonl', label}, {key, salt}));

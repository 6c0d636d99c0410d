import assert from 'node:assert/strict';
import fc from 'fast-check';
import {type Drift, driftFrom} from '../../../../shared/domain/profile/drift.ts';
import {assertNoDrift} from '../../../../shared/domain/profile/drift-refusal.ts';
import {type DriftRules, driftRulesSchema} from '../../../../shared/domain/profile/drift-rules.ts';
import {stabilityOf} from '../../../../shared/domain/profile/population-stability.ts';
import type {Profile} from '../../../../shared/domain/profile/profile.ts';
import {Profiler} from '../../../../shared/domain/profile/profiler.ts';
import {dataSchema} from '../../../../shared/domain/split/split-definition.ts';

const NUMBERS = Array.from({length: 1000}, (_, row) => row);

function table(header: string, rowOf: (row: number) => string): string {
  return `${header}\n${NUMBERS.map((row) => `${rowOf(row)}\n`).join('')}`;
}

function profileOf(text: string, before?: Profile): Profile {
  const profiler = new Profiler(dataSchema.parse({label: 'y'}), before);
  profiler.push(Buffer.from(text));
  return profiler.finish().profile;
}

function driftBetween(before: string, now: string): Drift {
  const profile = profileOf(before);
  return driftFrom({run: 'r1', manifest: 'gs://b/m', profile}, profileOf(now, profile), 0.25);
}

const PLAIN = table('x,colour,y', (row) => `${row},${row % 3 ? 'red' : 'blue'},${row % 2}`);

describe('driftFrom', () => {
  it('finds nothing in equal data', () => {
    const {sentence, added, missing, retyped, stability} = driftBetween(PLAIN, PLAIN);

    assert.equal(sentence, 'Compared with run r1: The columns are what they were, and none has shifted.');
    assert.deepEqual([added, missing, retyped], [[], [], []]);
    assert.deepEqual(
      stability.map(({column, psi, isShift}) => [column, psi, isShift]),
      [
        ['x', 0, false],
        ['colour', 0, false],
        ['y', 0, false],
      ],
    );
  });

  it('finds nothing in an evenly drawn part of the data', () => {
    const half = table('x,colour,y', (row) => `${(row * 7) % 1000},${row % 3 ? 'red' : 'blue'},${row % 2}`);

    assert.deepEqual(
      driftBetween(PLAIN, half).stability.filter(({isShift}) => isShift),
      [],
    );
  });

  it('names columns that are new, gone or of another type', () => {
    const other = table('x,shade,y', (row) => `about ${row},${row},${row % 2}`);
    const {sentence, added, missing, retyped} = driftBetween(PLAIN, other);

    assert.equal(
      sentence,
      'Compared with run r1: Columns added: "shade"; missing: "colour"; of another type: "x" (number, now text).',
    );
    assert.deepEqual([added, missing], [['shade'], ['colour']]);
    assert.deepEqual(retyped, [{column: 'x', from: 'number', to: 'text'}]);
  });

  const shifts: Readonly<Record<string, readonly [header: string, (row: number) => string]>> = {
    x: ['x,colour,y', (row) => `${row + 500},${row % 3 ? 'red' : 'blue'},${row % 2}`],
    colour: ['x,colour,y', (row) => `${row},${row % 3 ? 'green' : 'blue'},${row % 2}`],
    y: ['x,colour,y', (row) => `${row},${row % 3 ? 'red' : 'blue'},${row % 10 ? 0 : 1}`],
  };
  for (const [column, [header, rowOf]] of Object.entries(shifts)) {
    it(`names the column that has shifted: ${column}`, () => {
      const {sentence, stability} = driftBetween(PLAIN, table(header, rowOf));

      assert.deepEqual(
        stability.filter(({isShift}) => isShift).map((shift) => shift.column),
        [column],
      );
      assert.match(
        sentence,
        new RegExp(`by the population stability index: "${column}" \\(\\d\\.\\d\\d\\)\\.$`),
      );
    });
  }

  it('does not take a difference for a shift that chance explains', () => {
    const {stability} = driftBetween('y\n1\n2\n3\n4\n5\n', 'y\n1\n1\n1\n4\n4\n');

    assert.ok((stability[0]?.psi ?? 0) > 0.25);
    assert.equal(stability[0]?.isShift, false);
  });

  it('takes values that went missing for a shift', () => {
    const holes = table(
      'x,colour,y',
      (row) => `${row % 2 ? row : ''},${row % 3 ? 'red' : 'blue'},${row % 2}`,
    );

    assert.match(driftBetween(PLAIN, holes).sentence, /"x" \(/);
  });

  it('names five columns and counts the others', () => {
    const names = Array.from({length: 8}, (_, index) => `c${index}`);

    assert.match(driftBetween('y\n1\n', `y,${names}\n1,${names}\n`).sentence, /"c4" and 3 more\.$/);
  });

  it('compares the first run with nothing', () => {
    const {against, sentence} = driftFrom(undefined, profileOf(PLAIN), 0.25);

    assert.deepEqual([against, sentence], [null, 'There is no earlier run to compare with.']);
  });

  it('says when the earlier manifest cannot be read', () => {
    const baseline = {run: 'r1', manifest: 'gs://b/m', profile: undefined};

    assert.match(driftFrom(baseline, profileOf(PLAIN), 0.25).sentence, /^Run r1 cannot be compared with/);
  });
});

describe('stabilityOf', () => {
  it('is what the formula says for large counts', () => {
    // (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5)
    assert.ok(Math.abs(stabilityOf([5e8, 5e8], [6e8, 4e8]).psi - 0.040546510810816) < 1e-8);
  });

  it('is finite and not negative whatever the counts, and 0 for equal ones', () => {
    const anyRows = fc.array(fc.tuple(fc.nat(), fc.nat()), {minLength: 2, maxLength: 22});
    fc.assert(
      fc.property(anyRows, (bins) => {
        const before = bins.map(([rows]) => rows);
        const {psi, byChance} = stabilityOf(
          before,
          bins.map(([, rows]) => rows),
        );

        assert.ok(psi >= 0 && Number.isFinite(psi) && byChance > 0);
        assert.equal(stabilityOf(before, before).psi, 0);
      }),
    );
  });

  it('explains the differences of small samples by chance', () => {
    const {psi, byChance} = stabilityOf([3, 3, 3, 3, 3], [6, 1, 4, 1, 3]);

    assert.ok(psi > 0.25);
    assert.ok(psi < byChance);
  });
});

describe('assertNoDrift', () => {
  const drift = driftBetween(
    PLAIN,
    table('x,y', (row) => `${row + 900},${row % 2}`),
  );
  const rulesOf = (rules: Partial<DriftRules>) => driftRulesSchema.parse(rules);

  it('lets drift pass that is to be warned of or ignored', () => {
    assertNoDrift(drift, rulesOf({}));
    assertNoDrift(drift, rulesOf({columns: 'ignore', psi: 'ignore'}));
  });

  it('refuses other columns when told to', () => {
    assert.throws(() => assertNoDrift(drift, rulesOf({columns: 'fail'})), {
      code: 'SCHEMA_DRIFT',
      message: 'Columns missing: "colour".',
      hint: /data\.drift\.columns/,
    });
  });

  it('refuses shifted values when told to', () => {
    assert.throws(() => assertNoDrift(drift, rulesOf({psi: 'fail'})), {
      code: 'DATA_DRIFT',
      message: /^Values have shifted, .*: "x" \(\d+\.\d\d\)\.$/,
    });
  });

  it('lets the first run pass whatever the rules', () => {
    assertNoDrift(driftFrom(undefined, profileOf(PLAIN), 0.25), rulesOf({columns: 'fail', psi: 'fail'}));
  });
});

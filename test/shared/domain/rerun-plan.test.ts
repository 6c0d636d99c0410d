import assert from 'node:assert/strict';
import fc from 'fast-check';
import {BEGINNINGS, lateOverrides, merged} from '../../../shared/domain/rerun-plan.ts';
import {RANKS, RERUN_STAGES} from '../../../shared/domain/run.ts';

const json = fc.jsonValue({maxDepth: 3});
const document = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), json);

describe('where reruns begin', () => {
  it('each stage begins further on, takes over more and can be given less otherwise', () => {
    const beginnings = RERUN_STAGES.map((stage) => BEGINNINGS[stage]);

    for (const [index, {state, takes, sections}] of beginnings.entries()) {
      const before = beginnings[index - 1];
      if (before === undefined) continue;
      assert.ok(RANKS[state] > RANKS[before.state]);
      assert.ok(takes.length > before.takes.length && before.takes.every((fact) => takes.includes(fact)));
      assert.ok(sections.length < before.sections.length);
      assert.ok(sections.every((section) => before.sections.includes(section)));
    }
  });

  it('no stage can be given another name', () => {
    for (const stage of RERUN_STAGES) assert.deepEqual(lateOverrides({name: 'other'}, stage), ['name']);
  });
});

describe('merged', () => {
  it('puts objects together key by key, and replaces everything else', () => {
    const base = {tune: {maxTrials: 6, parameters: {alpha: {double: [0, 1]}}}, gate: {minimum: {}}};

    assert.deepEqual(merged(base, {tune: {parameters: {alpha: {double: [0, 2]}, beta: 1}}}), {
      tune: {maxTrials: 6, parameters: {alpha: {double: [0, 2]}, beta: 1}},
      gate: {minimum: {}},
    });
  });

  it('changes nothing when there is nothing to put over', () => {
    fc.assert(fc.property(document, (base) => assert.deepEqual(merged(base, {}), {...base})));
  });

  it('is the same when done twice', () => {
    fc.assert(
      fc.property(document, document, (base, overrides) => {
        const once = merged(base, overrides);
        assert.deepEqual(merged(once, overrides), once);
      }),
    );
  });

  it('leaves what it is given, and every other object, as it is', () => {
    fc.assert(
      fc.property(document, document, (base, overrides) => {
        const before = JSON.stringify({base, overrides});
        merged(base, overrides);
        assert.equal(JSON.stringify({base, overrides}), before);
        assert.equal(Object.getPrototypeOf({}), Object.prototype);
        assert.equal(Object.keys(Object.prototype).length, 0);
      }),
    );
  });
});

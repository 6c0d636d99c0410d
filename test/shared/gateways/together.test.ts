import assert from 'node:assert/strict';
import fc from 'fast-check';
import {together} from '../../../shared/gateways/together.ts';

describe('asking together', () => {
  it('answers a crowd in two goes: the first alone, all others at once', async () => {
    const goes: string[][] = [];
    const ask = together(async (questions: readonly string[]) => {
      goes.push([...questions]);
      return questions;
    });

    const first = ask('a');
    await Promise.resolve();
    const answers = await Promise.all([first, ask('b'), ask('c'), ask('d')]);

    assert.deepEqual(answers, ['a', 'b', 'c', 'd']);
    assert.deepEqual(goes, [['a'], ['b', 'c', 'd']]);
  });

  it('begins no answer while another is under way, and gives each asker its own', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(fc.nat(), {maxLength: 12}), async (scheduler, questions) => {
        let underWay = 0;
        const ask = together(async (asked: readonly number[]) => {
          underWay += 1;
          assert.equal(underWay, 1);
          await scheduler.schedule(Promise.resolve());
          underWay -= 1;
          return asked.map((question) => question * 2);
        });

        const answers = questions.map((question) =>
          scheduler.schedule(Promise.resolve()).then(() => ask(question)),
        );

        assert.deepEqual(
          await scheduler.waitFor(Promise.all(answers)),
          questions.map((question) => question * 2),
        );
      }),
    );
  });

  it('refuses those of a failed answer, and serves who asks later', async () => {
    const ask = together(async (questions: readonly string[]) => {
      if (questions.includes('bad')) throw new Error('no');
      return questions;
    });

    await assert.rejects(Promise.all([ask('bad'), ask('good')]), /no/);

    assert.equal(await ask('good'), 'good');
  });
});

import assert from 'node:assert/strict';
import {newsBetween} from '../../cli/news.ts';
import {dropped} from '../support/services.ts';
import {DATA_CSV, pushedWorld} from '../support/story.ts';

describe('newsBetween with warnings of a split', () => {
  it('tells each before the split is done', async () => {
    const run = await dropped(
      await pushedWorld(),
      'flowers/data/flowers.csv',
      DATA_CSV.replaceAll(/^(.*),(\w+)$/gm, '$1,$2,$2').replace('species,species', 'copy,species'),
    );

    const told = newsBetween(undefined, {run, trials: []}).filter(({stage}) => stage === 'split');

    assert.deepEqual(
      told.map(({kind}) => kind),
      ['progress', 'done'],
    );
    assert.match(
      told[0]?.text ?? '',
      /^warning: LEAKAGE_SUSPECT: Column "copy" equals the label in all 60 rows/,
    );
  });
});

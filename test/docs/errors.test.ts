import assert from 'node:assert/strict';
import {codesInSources, headings, page} from './pages.ts';

describe('docs/reference/errors.md', () => {
  it('has a section for every code that the sources can produce, and for no other', async () => {
    const documented = headings(await page('errors.md'), 2);

    assert.deepEqual(documented.toSorted(), [...(await codesInSources())].toSorted());
  });

  it('lists the codes alphabetically, each once', async () => {
    const documented = headings(await page('errors.md'), 2);

    assert.deepEqual(documented, [...new Set(documented)].toSorted());
  });

  it('says of every code where it is recorded and what to do', async () => {
    const [, ...sections] = (await page('errors.md')).split(/^## /m);

    for (const section of sections) assert.match(section, /^\* Recorded in: .+\n\* What to do: .+/m);
  });
});

import assert from 'node:assert/strict';
import {join} from 'node:path';
import {section, source} from './pages.ts';

const FOLDER = 'docs/explanation';

interface Threat {
  readonly name: string;
  readonly control: string;
  readonly cases: readonly {readonly title: string; readonly path: string}[];
}

async function threats(): Promise<Threat[]> {
  const table = section(await source(`${FOLDER}/security.md`), 'Threats');
  const [, , ...rows] = table.split('\n').filter((line) => line.startsWith('|'));
  return rows.map((row) => {
    const [, name = '', , control = '', tests = ''] = row.split('|').map((cell) => cell.trim());
    const cases = [...tests.matchAll(/\[(?<title>[^\]]+)\]\((?<path>[^)]+)\)/g)].map(({groups}) => ({
      title: groups?.title ?? '',
      path: join(FOLDER, groups?.path ?? ''),
    }));
    return {name, control, cases};
  });
}

describe('the threats in docs/explanation/security.md', () => {
  it('name cases that stand in the files they point at', async () => {
    const missing: string[] = [];
    for (const {name, cases} of await threats()) {
      for (const {title, path} of cases) {
        if (!path.startsWith('test/') || !(await source(path)).includes(title))
          missing.push(`${name}: "${title}" in ${path}`);
      }
    }

    assert.deepEqual(missing, []);
  });

  it('have a case each that would notice, but for what there is not here', async () => {
    const unwatched = (await threats()).filter(({cases}) => cases.length === 0).map(({name}) => name);

    assert.deepEqual(unwatched, ['XML entities', 'Cross-site scripting']);
  });

  it('are the ten classes of serverless applications, and three more', async () => {
    assert.equal((await threats()).length, 13);
  });
});

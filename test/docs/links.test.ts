import assert from 'node:assert/strict';
import {existsSync} from 'node:fs';
import {glob} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {matches, projectFolder, source} from './pages.ts';

const ELSEWHERE = /^[a-z]+:/;
const CODE_BLOCK = /^ *```[\s\S]*?^ *```$/gm;

/** Folders that a clone does not have. */
const NOT_OURS = ['node_modules', 'dist', 'coverage', '.millrace', '.git'];

async function pagesOfProject(): Promise<string[]> {
  const exclude = (name: string) => NOT_OURS.includes(name);
  const found: string[] = [];
  for await (const path of glob('**/*.md', {cwd: projectFolder, exclude})) found.push(path);
  return found;
}

async function linksOf(path: string): Promise<string[]> {
  const text = (await source(path)).replace(CODE_BLOCK, '');
  return matches(text, /\]\(([^)\s]+)\)/g).filter((link) => !ELSEWHERE.test(link));
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

async function isBroken(from: string, link: string): Promise<boolean> {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? from : join(dirname(from), path);
  if (!existsSync(join(projectFolder, target))) return true;
  if (anchor === undefined || !target.endsWith('.md')) return false;
  const text = (await source(target)).replace(CODE_BLOCK, '');
  return !matches(text, /^#+ (.+)$/gm).some((heading) => anchorOf(heading) === anchor);
}

describe('links between the pages', () => {
  it('point at files and headings that exist', async () => {
    const broken: string[] = [];
    for (const page of await pagesOfProject()) {
      for (const link of await linksOf(page)) {
        if (await isBroken(page, link)) broken.push(`${page}: ${link}`);
      }
    }

    assert.deepEqual(broken, []);
  });

  it('lead from the README to every kind of page', async () => {
    const links = await linksOf('README.md');

    for (const kind of ['tutorial', 'explanation', 'reference'])
      assert.ok(
        links.some((link) => link.startsWith(`docs/${kind}/`)),
        kind,
      );
  });
});

import assert from 'node:assert/strict';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {requirementLines, requirementsDigest} from '../../../local/containers/requirements.ts';

describe('requirementLines', () => {
  it('drops comments and blanks, joins continued lines and sorts', () => {
    const text = '# trainer\nscipy==1 # why\r\n\nnumpy==2 \\\n  --hash=sha256:aa\n';

    assert.deepEqual(requirementLines(text), ['numpy==2    --hash=sha256:aa', 'scipy==1']);
  });

  it('keeps the fragment of an address', () => {
    assert.deepEqual(requirementLines('a @ https://example.com/a.zip#sha256=1'), [
      'a @ https://example.com/a.zip#sha256=1',
    ]);
  });
});

describe('requirementsDigest', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'requirements-'));
  });

  afterEach(() => rm(folder, {recursive: true}));

  async function digestOf(text: string): Promise<string> {
    await writeFile(join(folder, 'requirements.txt'), text);
    return requirementsDigest(join(folder, 'requirements.txt'));
  }

  it('ignores order and comments', async () => {
    assert.equal(await digestOf('a==1\nb==2\n'), await digestOf('# two\nb==2\na==1\n'));
  });

  it('changes with a version', async () => {
    assert.notEqual(await digestOf('a==1'), await digestOf('a==2'));
  });

  it('changes with the content of a package beside the file', async () => {
    await mkdir(join(folder, 'pkg'));
    await writeFile(join(folder, 'pkg', 'setup.py'), 'one');
    const before = await digestOf('./pkg');
    await writeFile(join(folder, 'pkg', 'setup.py'), 'two');

    assert.notEqual(await digestOf('./pkg'), before);
  });

  it('changes with the content of a file it includes', async () => {
    await writeFile(join(folder, 'more.txt'), 'a==1');
    const before = await digestOf('-r more.txt\n');
    await writeFile(join(folder, 'more.txt'), 'a==2');

    assert.notEqual(await digestOf('-r more.txt\n'), before);
  });
});

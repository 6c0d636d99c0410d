import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {Parser} from 'tar';
import {packTrainer} from '../../cli/pack-trainer.ts';

const TRAINER = {Dockerfile: 'FROM python:3.12', 'train.py': 'print(1)', 'lib/a.py': '', 'lib.py': ''};

describe('packTrainer', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'pack-trainer-'));
  });

  afterEach(() => rm(root, {recursive: true}));

  async function folder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name, path)), {recursive: true});
      await writeFile(join(root, name, path), text);
    }
    return join(root, name);
  }

  it('packs all files, in one order, under the digest of the archive', async () => {
    const {archive, sha256} = await packTrainer(await folder('trainer', TRAINER));

    assert.deepEqual(await namesIn(archive), ['Dockerfile', 'lib.py', 'lib/a.py', 'train.py']);
    assert.equal(sha256, createHash('sha256').update(archive).digest('hex'));
  });

  it('gives the same bytes for the same files, wherever and whenever they were written', async () => {
    const one = await folder('one', TRAINER);
    const other = await folder('other', Object.fromEntries(Object.entries(TRAINER).toReversed()));
    await utimes(join(other, 'train.py'), new Date(1e12), new Date(1e12));
    await chmod(join(other, 'train.py'), 0o664);
    await chmod(join(one, 'train.py'), 0o644);

    assert.deepEqual((await packTrainer(other)).archive, (await packTrainer(one)).archive);
  });

  it('gives another digest for another content, name or right to execute', async () => {
    const {sha256} = await packTrainer(await folder('one', TRAINER));
    const content = await folder('content', {...TRAINER, 'train.py': 'print(2)'});
    const name = await folder('name', {...TRAINER, 'lib/b.py': ''});
    const right = await folder('right', TRAINER);
    await chmod(join(right, 'train.py'), 0o755);

    const digests = await Promise.all([content, name, right].map(packTrainer));
    assert.equal(new Set([sha256, ...digests.map((packed) => packed.sha256)]).size, 4);
  });

  it('leaves out what tools leave behind, at any depth', async () => {
    const clean = await packTrainer(await folder('clean', TRAINER));
    const used = await folder('used', {
      ...TRAINER,
      '__pycache__/train.pyc': 'x',
      'lib/__pycache__/a.pyc': 'x',
      '.venv/bin/python': 'x',
      '.git/HEAD': 'x',
      'node_modules/x/index.js': 'x',
      '.DS_Store': 'x',
    });

    assert.equal((await packTrainer(used)).sha256, clean.sha256);
  });

  it('keeps hidden files, which a build may need', async () => {
    const packed = await packTrainer(await folder('trainer', {...TRAINER, '.dockerignore': 'tests'}));

    assert.ok((await namesIn(packed.archive)).includes('.dockerignore'));
  });

  it('packs a link as a link, without what it points at', async () => {
    const trainer = await folder('trainer', TRAINER);
    await folder('outside', {'secret.txt': 'secret'});
    await symlink(join(root, 'outside'), join(trainer, 'link'));

    assert.deepEqual(await namesIn((await packTrainer(trainer)).archive), [
      'Dockerfile',
      'lib.py',
      'lib/a.py',
      'link',
      'train.py',
    ]);
  });

  it('refuses a folder without a Dockerfile', async () => {
    const trainer = await folder('trainer', {'train.py': ''});

    await assert.rejects(packTrainer(trainer), {
      code: 'TRAINER_INCOMPLETE',
      where: trainer,
      hint: /with a Dockerfile/,
    });
  });

  it('refuses a folder that is not there', async () => {
    await assert.rejects(packTrainer(join(root, 'nowhere')), {code: 'TRAINER_INCOMPLETE'});
  });
});

async function namesIn(archive: Buffer): Promise<string[]> {
  const names: string[] = [];
  const parser = new Parser({
    onReadEntry(entry) {
      names.push(entry.path);
      entry.resume();
    },
  });
  await pipeline(Readable.from([archive]), parser);
  return names;
}

import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {claimFolder} from '../../local/folder-claim.ts';

describe('claimFolder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'claim-'));
  });

  afterEach(() => rmSync(folder, {recursive: true}));

  it('lets one at a time have a folder', () => {
    const giveUp = claimFolder(folder);

    assert.throws(() => claimFolder(folder), /is in use by another local cloud/);
    giveUp();
  });

  it('lets the next have it afterwards', () => {
    claimFolder(folder)();

    claimFolder(folder)();
  });
});

import assert from 'node:assert/strict';
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {endLeftovers, type StartedProcess} from '../../local/leftovers.ts';
import {type Collection, openState, type State} from '../../local/state.ts';

describe('endLeftovers', () => {
  let folder: string;
  let state: State;
  let processes: Collection<StartedProcess>;
  let child: ChildProcess;
  let pid: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'leftovers-'));
    state = openState(folder);
    processes = state.collection('processes');
    child = spawn('sleep', ['1000'], {detached: true, stdio: 'ignore'});
    await once(child, 'spawn');
    pid = child.pid ?? 0;
  });

  afterEach(async () => {
    child.kill('SIGKILL');
    state.close();
    await rm(folder, {recursive: true});
  });

  it('ends a process the killed cloud had started', async () => {
    processes.set(String(pid), {pid, startedAtMs: Date.now()});
    const exit = once(child, 'exit');

    await endLeftovers(processes);

    assert.deepEqual(await exit, [null, 'SIGKILL']);
    assert.equal(processes.size, 0);
  });

  it('lets a process alone that got the same id later', async () => {
    processes.set(String(pid), {pid, startedAtMs: Date.now() - 60_000});

    await endLeftovers(processes);

    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await exit, [null, 'SIGTERM'], 'ended by this test, not before');
    assert.equal(processes.size, 0);
  });

  it('forgets a process that is gone', async () => {
    const exit = once(child, 'exit');
    child.kill();
    await exit;
    processes.set(String(pid), {pid, startedAtMs: Date.now()});

    await endLeftovers(processes);

    assert.equal(processes.size, 0);
  });
});

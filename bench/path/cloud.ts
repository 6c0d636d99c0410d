import {openLocalProject} from '../../cli/local-project.ts';
import {type Entry, observeCloud} from './ledger.ts';

// The local cloud in a process of its own, with what it is asked on record. Tells how it is found, then of each end of a run, and the record
// when it is asked.

const ENDS = new Set(['version-released', 'version-rejected', 'run-failed']);

let entries: Entry[] = [];
observeCloud((entry) => {
  entries.push(entry);
  if (ENDS.has(entry.topic ?? '')) process.send?.('ended');
});
const project = await openLocalProject({
  folder: process.env.BENCH_FOLDER ?? '',
  port: 0,
  // Vertex AI's quota is none of the costs in question.
  functionEnv: {MILLRACE_JOB_SUBMISSIONS: '100000'},
});
process.on('message', () => {
  process.send?.(entries);
  entries = [];
});
process.once('disconnect', () => void project.close());
process.send?.(project.env);

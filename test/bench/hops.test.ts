import assert from 'node:assert/strict';
import {hopsOf} from '../../bench/path/hops.ts';
import type {Entry} from '../../bench/path/ledger.ts';

const FINISH: Entry[] = [
  {atMs: 10, name: 'BatchGetDocuments', begins: true, reads: 1},
  {atMs: 12, name: 'Commit', writes: 1},
  {atMs: 14, name: 'Publish', topic: 'split-ready'},
];
const START: Entry[] = [
  {atMs: 16, name: '/functions/build-image'},
  {atMs: 19, name: 'BatchGetDocuments', reads: 1},
];

describe('hops', () => {
  it('last from the last transaction of a stage to the first request of the next one', () => {
    const earlier: Entry = {atMs: 1, name: 'BatchGetDocuments', begins: true, reads: 1};

    assert.deepEqual(hopsOf([earlier, ...FINISH, ...START], []), [
      {from: 'split-data', to: 'build-image', ms: 9},
    ]);
  });

  it('last from the end of a job on record to the first request about it', () => {
    const entries = [
      {atMs: 5, name: '/functions/complete-job'},
      {atMs: 6, name: '/v1/customJobs'},
      {atMs: 30, name: '/functions/complete-job'},
      {atMs: 33, name: '/v1/customJobs'},
    ];

    assert.deepEqual(hopsOf(entries, [{kind: 'training', atMs: 29}]), [
      {from: 'training job', to: 'complete-job', ms: 4},
    ]);
  });

  it('are none when nobody was called', () => {
    assert.deepEqual(hopsOf(FINISH, [{kind: 'tuning', atMs: 0}]), []);
  });

  it('are none when whoever was called has asked for nothing', () => {
    assert.deepEqual(hopsOf([...FINISH, START[0] as Entry], []), []);
  });
});

import assert from 'node:assert/strict';
import {parseCompiledPipeline} from '../../shared/domain/compiled-pipeline.ts';
import type {Jobs, PipelineRequest} from '../../shared/job-ports.ts';

/** A pipeline of one task. */
const SPEC = parseCompiledPipeline(
  {
    schemaVersion: '2.1.0',
    pipelineInfo: {name: 'one'},
    components: {'comp-one': {executorLabel: 'exec-one'}},
    deploymentSpec: {executors: {'exec-one': {container: {image: `nobody/built@sha256:${'0'.repeat(64)}`}}}},
    root: {
      inputDefinitions: {parameters: {greeting: {parameterType: 'STRING'}}},
      dag: {tasks: {one: {componentRef: {name: 'comp-one'}}}},
    },
  },
  'one.json',
);

const REQUEST: PipelineRequest = {
  runId: 'r1',
  effectKey: 'r1-piped',
  attempt: 1,
  spec: SPEC,
  parameters: {greeting: 'hello'},
  outputUri: 'gs://the-runs/jobs',
};

/** What every platform that runs compiled pipelines promises about them. */
export function pipelinesContract(name: string, start: () => Promise<Jobs>): void {
  describe(`the pipelines on ${name}`, () => {
    it('are one training job for each attempt', async () => {
      const jobs = await start();

      const first = await jobs.startPipeline(REQUEST);
      const again = await jobs.startPipeline(REQUEST);
      const second = await jobs.startPipeline({...REQUEST, attempt: 2});

      assert.equal(again, first);
      assert.equal(await jobs.findByEffect('training', 'r1-piped', 1), first);
      assert.equal(await jobs.findByEffect('training', 'r1-piped', 2), second);
      assert.equal(await jobs.findByEffect('training', 'r1-piped', 3), undefined);
      const listed = await jobs.list({since: '2020-01-01T00:00:00.000Z'});
      const {kind, runId, attempt} = listed.find((job) => job.name === second) ?? {};
      assert.deepEqual([kind, runId, attempt], ['training', 'r1', 2]);
    });

    it('end when they are told to; those that are not there cannot, which is no mistake', async () => {
      const jobs = await start();
      const name = await jobs.startPipeline({...REQUEST, attempt: 3});

      await jobs.cancel(name);
      await jobs.cancel(`${name}9`);

      for (;;) {
        const {state} = (await jobs.find('r1-piped-3')) ?? {};
        if (state === 'cancelled' || state === 'failed') break;
      }
    });
  });
}

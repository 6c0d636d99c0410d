import assert from 'node:assert/strict';
import {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {vertexBatchGateway} from '../../../shared/gateways/vertex-batch.ts';
import {ScriptedService} from '../../support/scripted-service.ts';

const PARENT = 'projects/the-project/locations/us-central1';

describe('the batch predictions of Vertex AI', () => {
  let script: ScriptedService;

  beforeEach(() => {
    script = new ScriptedService();
  });

  afterEach(() => script.close());

  async function batches() {
    const {locations} = new aiplatform_v1.Aiplatform({rootUrl: await script.open()}).projects;
    return vertexBatchGateway({parent: PARENT, locations: async () => locations});
  }

  it('are found by their key on whatever page they stand, the newest of several', async () => {
    const job = (name: string, createTime: string) => ({name, createTime, state: 'JOB_STATE_RUNNING'});
    script
      .answer({nextPageToken: 'two'})
      .answer({batchPredictionJobs: [job('new', '2026-01-02T00:00:00Z')], nextPageToken: 'three'})
      .answer({batchPredictionJobs: [job('old', '2026-01-01T00:00:00Z')]});

    const found = await (await batches()).findByKey('b1');

    assert.equal(found?.name, 'new');
    assert.deepEqual(
      script.queries.map((query) => [query.get('filter'), query.get('pageToken')]),
      [null, 'two', 'three'].map((token) => ['labels.millrace_batch="b1"', token]),
    );
  });

  it('are not found where there is none', async () => {
    script.answer({});

    assert.equal(await (await batches()).findByKey('b1'), undefined);
  });
});

import assert from 'node:assert/strict';
import {deployedModelIdOf} from '../../shared/domain/ids.ts';
import type {ModelServer, Models, ModelVersion} from '../../shared/model-ports.ts';

interface Subject {
  readonly models: Models;
  readonly machineType: string;
  readonly server: ModelServer;
  close(): Promise<void>;
}

const MODEL = 'sweet-peas';
const [FIRST, SECOND] = [`r${'1'.repeat(26)}`, `r${'2'.repeat(26)}`];
const IDS = {[FIRST]: deployedModelIdOf(FIRST), [SECOND]: deployedModelIdOf(SECOND)};

/** What every implementation of the Models port promises, on an empty project. */
export function modelsContract(name: string, start: () => Promise<Subject>): void {
  describe(`the models on ${name}`, () => {
    let subject: Subject;
    let models: Models;

    beforeEach(async () => {
      subject = await start();
      ({models} = subject);
    });

    afterEach(() => subject.close());

    const upload = (runId: string, attempt = 1): Promise<ModelVersion> =>
      models.upload({
        model: MODEL,
        runId,
        effectKey: `${runId}-version`,
        attempt,
        artifactUri: `gs://the-runs/${runId}/model/`,
        server: subject.server,
        lineage: {labels: {millrace_trial: '3'}, description: 'first version'},
      });
    const deploy = async (version: ModelVersion, endpoint = MODEL) => {
      const {name: to} = await models.endpoint(endpoint);
      const id = deployedModelIdOf(version.runId ?? '');
      await models.deploy(to, {id, version, machineType: subject.machineType});
      return id;
    };
    const giveTraffic = async (id: string, endpoint = MODEL) =>
      models.splitTraffic(await models.endpoint(endpoint), {[id]: 100});
    const shown = async (endpoint = MODEL) => {
      const {deployed, traffic} = await models.endpoint(endpoint);
      const answering = Object.entries(traffic).filter(([, percent]) => percent === 100);
      return {deployed: deployed.map(({id}) => id).toSorted(), answering: answering.map(([id]) => id)};
    };

    it('have versions that are found by effect and by name, with the run and the model file', async () => {
      const first = await upload(FIRST);
      const second = await upload(SECOND);

      assert.notEqual(first.version, second.version);
      assert.deepEqual([first.runId, first.artifactUri], [FIRST, `gs://the-runs/${FIRST}/model/`]);
      assert.deepEqual(await models.findByEffect(MODEL, `${FIRST}-version`, 1), first);
      assert.deepEqual(await models.version(second.name), second);
    });

    it('have no version, champion or effect that nobody made', async () => {
      assert.equal(await models.champion(MODEL), undefined);
      assert.equal(await models.findByEffect(MODEL, `${FIRST}-version`, 1), undefined);

      const {name} = await upload(FIRST);

      assert.equal(await models.findByEffect(MODEL, `${FIRST}-version`, 2), undefined);
      assert.equal(await models.findByEffect(MODEL, `${SECOND}-version`, 1), undefined);
      assert.equal(await models.version(name.replace(/\d$/, '9')), undefined);
    });

    it('have a champion once one was crowned, the one that was crowned last', async () => {
      const first = await upload(FIRST);
      assert.equal(await models.champion(MODEL), undefined);

      await models.crown(MODEL, first.version);
      const second = await upload(SECOND);
      assert.equal((await models.champion(MODEL))?.version, first.version);
      await models.crown(MODEL, second.version);

      assert.equal((await models.champion(MODEL))?.version, second.version);
    });

    it('lose the champion that is uncrowned, and no other', async () => {
      const first = await upload(FIRST);
      const second = await upload(SECOND);
      await models.crown(MODEL, second.version);

      await models.uncrown(MODEL, first.version);
      assert.equal((await models.champion(MODEL))?.version, second.version);
      await models.uncrown(MODEL, second.version);

      assert.equal(await models.champion(MODEL), undefined);
    });

    it('answer where they are deployed, with the version that has the traffic', async () => {
      const first = await deploy(await upload(FIRST));
      await giveTraffic(first);
      assert.deepEqual(await shown(), {deployed: [IDS[FIRST]], answering: [IDS[FIRST]]});

      const version = await upload(SECOND);
      const second = await deploy(version);
      assert.deepEqual(await shown(), {deployed: Object.values(IDS).toSorted(), answering: [IDS[FIRST]]});
      await giveTraffic(second);

      assert.deepEqual((await shown()).answering, [IDS[SECOND]]);
      const {predictions, version: answered} = await models.predict(MODEL, [[1], [2]]);
      assert.deepEqual([predictions.length, answered], [2, version.version]);
    });

    it('can be asked on an endpoint of their own before they answer', async () => {
      await giveTraffic(await deploy(await upload(FIRST)));
      const version = await upload(SECOND);

      const id = await deploy(version, `${MODEL}-check`);
      await giveTraffic(id, `${MODEL}-check`);
      const {version: answered} = await models.predict(`${MODEL}-check`, [[1]]);
      const {name: check} = await models.endpoint(`${MODEL}-check`);
      await models.undeploy(check, id);

      assert.equal(answered, version.version);
      assert.deepEqual(await shown(`${MODEL}-check`), {deployed: [], answering: []});
      assert.deepEqual(await shown(), {deployed: [IDS[FIRST]], answering: [IDS[FIRST]]});
      assert.deepEqual(await models.version(version.name), version);
    });

    it('move no traffic for who has read the endpoint before somebody else did', async () => {
      const first = await deploy(await upload(FIRST));
      await giveTraffic(first);
      const second = await deploy(await upload(SECOND));
      const before = await models.endpoint(MODEL);
      await giveTraffic(second);

      await assert.rejects(models.splitTraffic(before, {[first]: 100}), {
        name: /RetryableError|RefusedError/,
      });

      assert.deepEqual((await shown()).answering, [IDS[SECOND]]);
    });

    it('are taken down without traffic, or last; others stay', async () => {
      const first = await deploy(await upload(FIRST));
      await giveTraffic(first);
      const second = await deploy(await upload(SECOND));
      const {name} = await models.endpoint(MODEL);

      await models.undeploy(name, first);
      assert.deepEqual((await shown()).deployed, Object.values(IDS).toSorted());
      await models.undeploy(name, second);
      await models.undeploy(name, second);
      assert.deepEqual((await shown()).deployed, [first]);
      await models.undeploy(name, first);

      assert.deepEqual(await shown(), {deployed: [], answering: []});
    });

    it('are deleted unless they are deployed; once gone they stay so', async () => {
      await upload(FIRST);
      const version = await upload(SECOND);
      const id = await deploy(version);
      await assert.rejects(models.deleteVersion(version.name), {name: 'RetryableError'});
      const {name} = await models.endpoint(MODEL);
      await models.undeploy(name, id);

      await models.deleteVersion(version.name);
      await models.deleteVersion(version.name);

      assert.equal(await models.version(version.name), undefined);
    });

    it('are not asked where nothing is deployed', async () => {
      await assert.rejects(models.predict('nobody', [[1]]), {code: 'SERVICE_REFUSED'});
    });
  });
}

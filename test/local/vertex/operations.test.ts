import assert from 'node:assert/strict';
import {refused} from '../support/service-cloud.ts';
import {PARENT, VertexCloud} from './support/vertex-cloud.ts';

describe('operations', () => {
  it('are found under both versions of the API, and nowhere else', async () => {
    const cloud = await VertexCloud.open({});
    const {data} = await cloud.api.endpoints.create({parent: PARENT, requestBody: {displayName: 'taxi'}});

    assert.equal((await cloud.api.operations.get({name: data.name ?? ''})).data.done, true);
    const rest = await fetch(`${cloud.address}/v1beta1/${data.name}`);
    assert.equal(Object(await rest.json()).done, true);
    await refused(
      cloud.api.operations.get({name: `${PARENT}/operations/1`}),
      404,
      /Operation .* is not found/,
    );
    await refused(
      cloud.api.operations.wait({name: `${PARENT}/operations/1`}),
      404,
      /Operation .* is not found/,
    );
    await cloud.close();
  });
});

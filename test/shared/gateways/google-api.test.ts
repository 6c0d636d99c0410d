import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import {clientOptions} from '../../../shared/gateways/google-api.ts';

const TOKEN = '/computeMetadata/v1/instance/service-accounts/default/token';

/** A metadata server and a service in one. */
describe('clients of googleapis', () => {
  const environment = {...process.env};
  const asked: string[] = [];
  let server: Server;
  let build: cloudbuild_v1.Cloudbuild;

  before(async () => {
    server = createServer(({url = '', headers}, response) => {
      asked.push(url.startsWith(TOKEN) ? 'token' : `${headers.authorization}`);
      const token = {access_token: 'ya29.mine', expires_in: 3600, token_type: 'Bearer'};
      response.setHeader('metadata-flavor', 'Google').setHeader('content-type', 'application/json');
      response.end(JSON.stringify(url.startsWith(TOKEN) ? token : {}));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, {GCE_METADATA_HOST: host, METADATA_SERVER_DETECTION: 'assume-present'});
    build = new cloudbuild_v1.Cloudbuild(await clientOptions(`http://${host}/`));
  });

  after(() => {
    process.env = environment;
    server.close();
  });

  it('send a token with each request and ask for one once', async () => {
    await build.projects.builds.list({projectId: 'p'});
    const before = asked.length;

    await build.projects.builds.list({projectId: 'p'});
    await build.projects.builds.list({projectId: 'p'});

    const since = asked.slice(before);
    assert.deepEqual(
      since.map((what) => what.split('.')[0]),
      ['Bearer ya29', 'Bearer ya29'],
    );
  });
});

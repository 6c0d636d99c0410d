import assert from 'node:assert/strict';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {FastifyInstance} from 'fastify';
import {OAuth2Client} from 'google-auth-library';
import {httpServer} from '../../../local/http.ts';
import {metadataServer} from '../../../local/metadata/metadata-server.ts';
import {TokenSigner} from '../../../local/metadata/token-signer.ts';
import {openState, type State} from '../../../local/state.ts';

const INSTANCE = {project: 'the-project', projectNumber: '7', region: 'us-central1'};
const ACCOUNT = 'functions@the-project.iam.gserviceaccount.com';
const ACCOUNTS = '/computeMetadata/v1/instance/service-accounts';

describe('identity tokens of the metadata server', () => {
  let folder: string;
  let state: State;
  let app: FastifyInstance;
  let url: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'metadata-'));
    await start();
  });

  afterEach(async () => {
    await stop();
    rmSync(folder, {recursive: true});
  });

  async function start(): Promise<void> {
    state = openState(folder);
    const signer = new TokenSigner(state);
    app = httpServer();
    await app.register(signer.routes);
    await app.register(metadataServer(INSTANCE, signer));
    url = await app.listen({host: '127.0.0.1', port: 0});
  }

  async function stop(): Promise<void> {
    await app.close();
    state.close();
  }

  function ask(path: string, headers: Record<string, string> = {'metadata-flavor': 'Google'}) {
    return fetch(`${url}${ACCOUNTS}/${path}`, {headers});
  }

  async function verified(idToken: string) {
    const endpoints = {oauth2FederatedSignonPemCertsUrl: `${url}/oauth2/v1/certs`};
    const ticket = await new OAuth2Client({endpoints}).verifyIdToken({idToken, audience: 'the-audience'});
    return ticket.getPayload();
  }

  for (const account of ['default', ACCOUNT]) {
    it(`are verified by Google's library with the certificates of this cloud (${account})`, async () => {
      const answer = await ask(`${account}/identity?audience=the-audience&format=full`);

      const payload = await verified(await answer.text());
      assert.deepEqual(
        [payload?.iss, payload?.aud, payload?.email, payload?.email_verified],
        ['https://accounts.google.com', 'the-audience', ACCOUNT, true],
      );
    });
  }

  it('tell no address in the standard format', async () => {
    const answer = await ask('default/identity?audience=the-audience');

    assert.equal((await verified(await answer.text()))?.email, undefined);
  });

  it('are good after a restart', async () => {
    const idToken = await (await ask('default/identity?audience=the-audience&format=full')).text();
    await stop();
    await start();

    assert.equal((await verified(idToken))?.email, ACCOUNT);
  });

  it('can be verified with JSON Web Keys, too', async () => {
    const pem = Object.keys((await (await fetch(`${url}/oauth2/v1/certs`)).json()) as object);
    const {keys} = (await (await fetch(`${url}/oauth2/v3/certs`)).json()) as {keys: {kid: string}[]};

    assert.deepEqual(
      keys.map(({kid}) => kid),
      pem,
    );
  });

  const refusals: [string, string, Record<string, string> | undefined, number][] = [
    ['a request without an audience', 'default/identity', undefined, 400],
    ['an unknown format', 'default/identity?audience=a&format=short', undefined, 400],
    ['an account of somebody else', 'other@the-project.example/identity?audience=a', undefined, 404],
    ['a request that a browser could be made to send', 'default/identity?audience=a', {}, 403],
  ];
  for (const [what, path, headers, status] of refusals) {
    it(`are refused to ${what}`, async () => {
      assert.equal((await ask(path, headers)).status, status);
    });
  }
});

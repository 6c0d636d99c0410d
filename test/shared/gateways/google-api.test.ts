import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {cloudbuild_v1} from 'googleapis/build/src/apis/cloudbuild/v1.js';
import {RetryableError} from '../../../shared/errors.ts';
import {allPages, clientOptions} from '../../../shared/gateways/google-api.ts';

const TOKEN = '/computeMetadata/v1/instance/service-accounts/default/token';

/** What proxies on the way answer with status 200. */
const PROXY_SAYS: Readonly<Record<string, string>> = {talkative: '<h1>Sign in</h1>', silent: ''};

/** A metadata server and a service in one. */
describe('clients of googleapis', () => {
  const environment = {...process.env};
  const asked: string[] = [];
  let server: Server;
  let build: cloudbuild_v1.Cloudbuild;

  before(async () => {
    server = createServer(({url = '', headers}, response) => {
      asked.push(url.startsWith(TOKEN) ? 'token' : `${headers.authorization}`);
      if (url.includes('/behind-a-proxy/')) {
        return response
          .setHeader('content-type', 'text/html')
          .end(PROXY_SAYS[url.split('filter=').at(-1) ?? '']);
      }
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

  for (const filter of Object.keys(PROXY_SAYS)) {
    it(`do not take the answer of a ${filter} proxy for an empty list`, async () => {
      const pages = allPages('listing builds', (at) =>
        build.projects.builds.list({projectId: 'behind-a-proxy', filter, ...at}),
      );

      await assert.rejects(pages.next(), {
        name: 'RetryableError',
        message: 'listing builds: the answer is not JSON',
      });
    });
  }
});

describe('allPages', () => {
  async function counted(pages: AsyncIterable<unknown>): Promise<number> {
    let count = 0;
    for await (const _ of pages) count++;
    return count;
  }

  /** A list whose page `p`, the first being `first`, names `next[p]` as the one after. */
  function pagesOf(next: Readonly<Record<string, string | undefined>>) {
    const asked: string[] = [];
    const pages = allPages('listing jobs', async ({pageToken = 'first'}) => {
      asked.push(pageToken);
      assert.ok(asked.length < 10, 'went round and round');
      return {data: {nextPageToken: next[pageToken] ?? null}};
    });
    return {asked, pages};
  }

  it('asks for one page after the other, each once, until none is named', async () => {
    const {asked, pages} = pagesOf({first: 'b', b: 'a', a: ''});

    assert.equal(await counted(pages), 3);
    assert.deepEqual(asked, ['first', 'b', 'a']);
  });

  it('asks once when there is one page', async () => {
    const {asked, pages} = pagesOf({});

    await counted(pages);
    assert.deepEqual(asked, ['first']);
  });

  const circles: readonly {readonly what: string; readonly next: Readonly<Record<string, string>>}[] = [
    {what: 'itself', next: {first: 'a', a: 'a'}},
    {what: 'an earlier page', next: {first: 'a', a: 'b', b: 'c', c: 'a'}},
  ];
  for (const {what, next} of circles)
    it(`ends with an error that may pass when a page names ${what} as the next`, async () => {
      const {asked, pages} = pagesOf(next);

      await assert.rejects(counted(pages), (error) => {
        assert.ok(error instanceof RetryableError);
        assert.match(error.message, /^listing jobs: page \d leads back to an earlier one$/);
        return true;
      });
      assert.equal(asked.length, new Set(asked).size, 'no page is asked for twice');
    });

  it('tells which list a service refused', async () => {
    const refused = allPages('listing jobs', () =>
      Promise.reject(Object.assign(new Error('no'), {code: 400})),
    );

    await assert.rejects(counted(refused), {code: 'SERVICE_REFUSED', message: 'listing jobs: no'});
  });
});

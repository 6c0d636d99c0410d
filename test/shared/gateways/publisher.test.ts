import assert from 'node:assert/strict';
import protos from '@google-cloud/pubsub/build/protos/protos.json' with {type: 'json'};
import {Server, ServerCredentials, type sendUnaryData} from '@grpc/grpc-js';
import {grpcService} from '../../../local/grpc.ts';
import {type Publisher, publisherGateway} from '../../../shared/gateways/publisher.ts';

interface Publication {
  readonly topic: string;
  readonly messages: readonly {readonly data: Buffer}[];
}

describe('publishing', () => {
  const server = new Server();
  const publications: Publication[] = [];
  let publish: Publisher;

  before(async () => {
    server.addService(grpcService(protos, 'google.pubsub.v1.Publisher'), {
      Publish: ({request}: {request: Publication}, respond: sendUnaryData<object>) => {
        publications.push(request);
        respond(null, {messageIds: request.messages.map((_, index) => String(index))});
      },
    });
    const port = await new Promise<number>((resolve) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
    });
    publish = publisherGateway({project: 'p', pubsubHost: `127.0.0.1:${port}`});
  });

  after(() => server.forceShutdown());

  it('sends each message at once, and not together with those that come just after', async () => {
    await Promise.all([publish('t', {run: 1}), publish('t', {run: 2})]);

    assert.deepEqual(
      publications.map(({topic, messages}) => [topic, ...messages.map(({data}) => String(data))]),
      [
        ['projects/p/topics/t', '{"run":1}'],
        ['projects/p/topics/t', '{"run":2}'],
      ],
    );
  });
});

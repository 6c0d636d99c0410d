import {once} from 'node:events';
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';
import {z} from 'zod';
import {messagePublished, objectFinalized} from '../../local/eventarc/cloud-event.ts';

const PROJECT = 'projects/millrace-local';
const BACKOFF = {minimumBackoff: '10s', maximumBackoff: '600s'};
const ACK_SECONDS = 570;
const CONFLICT = 409;

const listedSchema = z.object({subscriptions: z.array(z.object({name: z.string(), topic: z.string()}))});
const pushedSchema = z.object({
  message: z.object({
    messageId: z.string(),
    publishTime: z.string(),
    data: z.string().default(''),
    attributes: z.record(z.string(), z.string()).default({}),
  }),
});

interface Trigger {
  readonly name: string;
  readonly topic: string;
}

/**
 * Puts Google's Pub/Sub emulator in the place of the local Pub/Sub: from now on it alone keeps and delivers what starts functions.
 * The other local services know only their own, so what they publish is passed on; and what the emulator pushes becomes a
 * CloudEvent on the way to its function, which is Eventarc's part.
 * @param local root URL of the local cloud
 * @param emulator `host:port`
 * @returns undoes nothing, but stops passing on
 */
export async function moveMessages(local: string, emulator: string): Promise<() => Promise<void>> {
  const remote = `http://${emulator}`;
  const server = createServer(async (request, response) => {
    response.statusCode = await route(request, local, remote).catch(() => 500);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const triggers = await takeTriggers(local);
  await ask('PUT', `${remote}/v1/${PROJECT}/topics/dead-letters`, {});
  await ask('PUT', `${remote}/v1/${PROJECT}/subscriptions/dead-letters`, {
    topic: `${PROJECT}/topics/dead-letters`,
  });
  for (const topic of ['version-released', 'version-rejected', 'run-failed'])
    await ask('PUT', `${remote}/v1/${PROJECT}/topics/${topic}`, {});
  for (const topic of new Set(triggers.map(({topic}) => topic))) {
    await ask('PUT', `${remote}/v1/${topic}`, {});
    const pushEndpoint = `${here}/forward/${idOf(topic)}`;
    await ask('PUT', `${local}/v1/${PROJECT}/subscriptions/forward-${idOf(topic)}`, {
      topic,
      pushConfig: {pushEndpoint},
    });
  }
  for (const {name, topic} of triggers) await subscribe(remote, here, {name, topic});
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
}

/** The triggers of the functions, which deliver no more after this. */
async function takeTriggers(local: string): Promise<Trigger[]> {
  const listed = await fetch(`${local}/v1/${PROJECT}/subscriptions?pageSize=100`);
  const {subscriptions} = listedSchema.parse(await listed.json());
  const triggers = subscriptions.filter(({name}) => idOf(name).startsWith('eventarc-'));
  for (const {name} of triggers) await ask('DELETE', `${local}/v1/${name}`);
  return triggers;
}

async function subscribe(remote: string, here: string, {name, topic}: Trigger): Promise<void> {
  const functionName = idOf(name).replace(/^eventarc-[a-z]+-[a-z]+\d-(.*?)(-\d)?-sub-\d+$/, '$1');
  await ask('PUT', `${remote}/v1/${name}`, {
    topic,
    ackDeadlineSeconds: ACK_SECONDS,
    retryPolicy: BACKOFF,
    pushConfig: {pushEndpoint: `${here}/deliver/${functionName}/${idOf(topic)}`},
  });
}

/** @returns the status to answer with, which acknowledges or not */
async function route(request: IncomingMessage, local: string, remote: string): Promise<number> {
  const [, what, name, topic] = (request.url ?? '').split('/');
  const {message} = pushedSchema.parse(JSON.parse(await text(request)));
  if (what === 'forward') {
    const {data, attributes} = message;
    await ask('POST', `${remote}/v1/${PROJECT}/topics/${name}:publish`, {messages: [{data, attributes}]});
    return 204;
  }
  const event = eventOf(message, `${PROJECT}/topics/${topic}`);
  if (event === undefined) return 204;
  const answer = await fetch(`${local}/functions/${name}`, {method: 'POST', ...event});
  return answer.status;
}

function eventOf(message: z.output<typeof pushedSchema>['message'], topic: string) {
  const publishedMs = Date.parse(message.publishTime);
  const {messageId: id, data, attributes} = message;
  const delivery = {
    ackId: id,
    attempt: 1,
    untilMs: 0,
    message: {id, data, attributes, publishedMs, orderingKey: ''},
  };
  return attributes.eventType === undefined
    ? messagePublished(topic, {message}, delivery)
    : objectFinalized(delivery);
}

function idOf(name: string): string {
  return name.split('/').at(-1) ?? '';
}

async function ask(method: string, url: string, body?: object): Promise<void> {
  const headers = {'content-type': 'application/json'};
  const answer = await fetch(url, {method, ...(body && {headers, body: JSON.stringify(body)})});
  if (!answer.ok && answer.status !== CONFLICT) throw new Error(`${method} ${url}: ${await answer.text()}`);
}

const TOPICS = ['version-released', 'version-rejected', 'run-failed'];
const PROJECT = 'v1/projects/millrace-local';
const SUBSCRIPTION = `${PROJECT}/subscriptions/chaos`;
const MANY = 1000;

interface Pulled {
  readonly receivedMessages?: {
    readonly ackId: string;
    readonly message: {readonly data: string; readonly attributes: Readonly<Record<string, string>>};
  }[];
}

/** Where the services are. */
interface Urls {
  readonly vertex: string;
  readonly pubsub: string;
}

/** What has left the system, as somebody outside sees it: through subscriptions and lists of its own. */
export class Told {
  readonly #ids = new Map<string, Set<string>>();
  readonly #urls: Urls;

  private constructor(urls: Urls) {
    this.#urls = urls;
  }

  /** Subscribes to everything from now on. */
  static async subscribe(urls: Urls): Promise<Told> {
    for (const topic of TOPICS) {
      const body = {topic: `${PROJECT.slice('v1/'.length)}/topics/${topic}`};
      await ask(`${urls.pubsub}/${SUBSCRIPTION}-${topic}`, {method: 'PUT', body});
    }
    return new Told(urls);
  }

  /** Takes up what has been told since. */
  async read(): Promise<void> {
    for (const topic of TOPICS) {
      const subscription = `${this.#urls.pubsub}/${SUBSCRIPTION}-${topic}`;
      const {receivedMessages = []} = await this.#pull(subscription);
      for (const {message} of receivedMessages) this.#note(message);
      const ackIds = receivedMessages.map(({ackId}) => ackId);
      if (ackIds.length > 0) await ask(`${subscription}:acknowledge`, {method: 'POST', body: {ackIds}});
    }
  }

  /** The different event ids that told of a run; the same one may come several times. */
  idsOf(runId: string): ReadonlySet<string> {
    return this.#ids.get(runId) ?? new Set();
  }

  /** How many versions of a model a run has made. */
  async versions(model: string, runId: string): Promise<number> {
    const location = `${PROJECT}/locations/us-central1`;
    const query = `filter=${encodeURIComponent(`labels.millrace_run="${runId}"`)}`;
    const answer = await fetch(`${this.#urls.vertex}/${location}/models/${model}:listVersions?${query}`);
    if (answer.status === 404) return 0;
    return ((await answer.json()) as {models?: unknown[]}).models?.length ?? 0;
  }

  async deadLetters(): Promise<number> {
    const subscription = `${this.#urls.pubsub}/${PROJECT}/subscriptions/dead-letters`;
    const {receivedMessages = []} = await this.#pull(subscription);
    return receivedMessages.length;
  }

  async #pull(subscription: string): Promise<Pulled> {
    const body = {maxMessages: MANY, returnImmediately: true};
    return (await ask(`${subscription}:pull`, {method: 'POST', body})) as Pulled;
  }

  #note({data, attributes}: {data: string; attributes: Readonly<Record<string, string>>}): void {
    const {runId} = JSON.parse(Buffer.from(data, 'base64').toString()) as {runId: string};
    const ids = this.#ids.get(runId) ?? new Set();
    this.#ids.set(runId, ids.add(attributes.eventId ?? ''));
  }
}

async function ask(url: string, {method, body}: {method: string; body: object}): Promise<unknown> {
  const headers = {'content-type': 'application/json'};
  const answer = await fetch(url, {method, headers, body: JSON.stringify(body)});
  if (!answer.ok) throw new Error(`${method} ${url}: ${await answer.text()}`);
  return answer.json();
}

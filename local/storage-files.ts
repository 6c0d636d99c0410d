/** Objects of Cloud Storage, as any client reaches them. */
export interface StorageFiles {
  /** Undefined when there is no such bucket. */
  locationOf(bucket: string): Promise<string | undefined>;
  read(bucket: string, name: string): Promise<Buffer | undefined>;
  hasAny(bucket: string, prefix: string): Promise<boolean>;
  write(bucket: string, name: string, text: string): Promise<void>;
}

const NOT_FOUND = 404;

/** @param origin of a service that speaks Cloud Storage's JSON API; asked for at each call */
export function storageFiles(origin: () => string): StorageFiles {
  const json = async (path: string): Promise<Record<string, unknown> | undefined> => {
    const answer = await request(`${origin()}/storage/v1/b/${path}`);
    return answer && ((await answer.json()) as Record<string, unknown>);
  };
  return {
    async locationOf(bucket) {
      const found = await json(bucket);
      return found && String(found.location).toLowerCase();
    },
    async read(bucket, name) {
      const answer = await request(
        `${origin()}/storage/v1/b/${bucket}/o/${encodeURIComponent(name)}?alt=media`,
      );
      return answer && Buffer.from(await answer.arrayBuffer());
    },
    async hasAny(bucket, prefix) {
      const listing = await json(`${bucket}/o?maxResults=1&prefix=${encodeURIComponent(prefix)}`);
      return Array.isArray(listing?.items) && listing.items.length > 0;
    },
    async write(bucket, name, text) {
      const url = `${origin()}/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${encodeURIComponent(name)}`;
      await request(url, {method: 'POST', headers: {'content-type': 'text/csv'}, body: text});
    },
  };
}

async function request(url: string, init: RequestInit = {}): Promise<Response | undefined> {
  const answer = await fetch(url, init);
  if (answer.status === NOT_FOUND) return undefined;
  if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
  return answer;
}

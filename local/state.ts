import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';

/** A named map of JSON values that survives a kill: each `set` is on disk before it returns. Values are not to be changed in place. */
export interface Collection<T> {
  get(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, value: T): void;
  delete(key: string): boolean;
  values(): IterableIterator<T>;
  entries(): IterableIterator<[string, T]>;
  readonly size: number;
}

/** What one local cloud remembers between starts. */
export interface State {
  /** The same name gives the same collection; two services never share a name. */
  collection<T>(name: string): Collection<T>;
  /** Runs `work` so that a kill leaves all of its writes or none. Must not await inside. */
  atomically<R>(work: () => R): R;
  /** A folder for large bytes (object bodies, images), made on first use. */
  folder(name: string): string;
  close(): void;
}

/**
 * Opens the state kept under `root`. SQLite holds the truth; a map in memory answers the reads.
 * `synchronous=off` trusts the operating system, so the state outlives a killed process, not a power cut.
 */
export function openState(root: string): State {
  mkdirSync(root, {recursive: true});
  const db = new DatabaseSync(join(root, 'state.db'));
  db.exec('pragma journal_mode=wal; pragma synchronous=off');
  db.exec(
    'create table if not exists entry (collection text, key text, value text, primary key (collection, key)) strict',
  );
  const upsert = db.prepare(
    'insert into entry values (?, ?, ?) on conflict (collection, key) do update set value = excluded.value',
  );
  const remove = db.prepare('delete from entry where collection = ? and key = ?');
  const read = db.prepare('select key, value from entry where collection = ? order by rowid');
  const collections = new Map<string, Collection<unknown>>();
  /** How to take back in memory what the open transaction has written, newest last. */
  let undo: (() => void)[] = [];

  function load<T>(name: string): Collection<T> {
    const map = new Map<string, T>();
    for (const {key, value} of read.iterate(name)) map.set(String(key), JSON.parse(String(value)) as T);
    const restore = (key: string) => {
      const before = map.get(key);
      undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    };
    return {
      get: (key) => map.get(key),
      has: (key) => map.has(key),
      set: (key, value) => {
        upsert.run(name, key, JSON.stringify(value));
        if (db.isTransaction) restore(key);
        map.set(key, value);
      },
      delete: (key) => {
        remove.run(name, key);
        if (db.isTransaction) restore(key);
        return map.delete(key);
      },
      values: () => map.values(),
      entries: () => map.entries(),
      get size() {
        return map.size;
      },
    };
  }

  return {
    collection<T>(name: string) {
      const known = collections.get(name) ?? load<T>(name);
      collections.set(name, known);
      return known as Collection<T>;
    },
    atomically(work) {
      db.exec('begin');
      try {
        const result = work();
        db.exec('commit');
        return result;
      } catch (error) {
        db.exec('rollback');
        for (const takeBack of undo.reverse()) takeBack();
        throw error;
      } finally {
        undo = [];
      }
    },
    folder(name) {
      const path = join(root, name);
      mkdirSync(path, {recursive: true});
      return path;
    },
    close: () => db.close(),
  };
}

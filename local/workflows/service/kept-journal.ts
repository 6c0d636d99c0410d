import {deserialize, serialize} from 'node:v8';
import type {Collection, State} from '../../state.ts';
import type {Journal, JournalEntry} from '../run/execution.ts';

/** The journals of the executions under way; each entry is on disk before the execution goes on. */
export class KeptJournals {
  /** Entries in the serialization of V8, which tells ints from doubles, in base64. */
  readonly #entries: Collection<string>;

  constructor(state: State) {
    this.#entries = state.collection('workflows.journals');
  }

  /** What was kept of an execution, ready to go on. */
  open(execution: string): Journal {
    const entries: JournalEntry[] = [];
    for (let kept = this.#entries.get(`${execution}#0`); kept !== undefined; ) {
      entries.push(deserialize(Buffer.from(kept, 'base64')));
      kept = this.#entries.get(`${execution}#${entries.length}`);
    }
    let length = entries.length;
    return {
      entries,
      append: (entry) => {
        this.#entries.set(`${execution}#${length}`, serialize(entry).toString('base64'));
        length += 1;
      },
    };
  }

  /** Forgets the journal of an execution that has ended. */
  delete(execution: string): void {
    for (let at = 0; this.#entries.delete(`${execution}#${at}`); at += 1);
  }
}

import {PermanentError} from '../../shared/errors.ts';
import type {DeadLetter, DeadLetters} from '../../shared/gateways/dead-letters.ts';

/** Dead letters in memory: those that wait, those that are lent out, and what was sent back. */
export interface LetterBox {
  readonly waiting: Map<string, DeadLetter>;
  readonly lent: Map<string, DeadLetter>;
  readonly sent: string[];
}

export function letterBox(letters: readonly DeadLetter[]): LetterBox {
  return {waiting: new Map(letters.map((letter) => [letter.id, letter])), lent: new Map(), sent: []};
}

export function letter(id: string, changes: Partial<DeadLetter> = {}): DeadLetter {
  const source = 'projects/p/subscriptions/s';
  return {
    id,
    ackId: `ack-${id}`,
    publishedAt: '2026-01-01T00:00:00.000Z',
    body: '{}',
    attributes: {},
    source,
    ...changes,
  };
}

export function memoryDeadLetters({waiting, lent, sent}: LetterBox): DeadLetters {
  return {
    async take(limit) {
      const taken = [...waiting.values()].slice(0, limit);
      for (const one of taken) {
        waiting.delete(one.id);
        lent.set(one.id, one);
      }
      return taken;
    },
    async replay({id, source}) {
      if (source === undefined) throw new PermanentError('REPLAY_IMPOSSIBLE', id);
      lent.delete(id);
      sent.push(id);
    },
    async giveBack(letters) {
      for (const one of letters) {
        lent.delete(one.id);
        waiting.set(one.id, one);
      }
    },
  };
}

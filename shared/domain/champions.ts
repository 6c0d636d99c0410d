import {PermanentError} from '../errors.ts';
import type {Run} from './run.ts';

/** A version that became champion. */
export interface Crowning {
  readonly version: string;
  readonly run: string;
  /** ISO 8601, by the database's clock. */
  readonly at: string;
  readonly sentence: string;
  /** It was champion before, and a roll-back brought it back. */
  readonly isRestored: boolean;
}

/** Who was champion when, the newest last. @param runs of one pipeline */
export function crowningsOf(runs: readonly Run[]): Crowning[] {
  return runs
    .flatMap(({id, state, release, history, restores}) => {
      const at = history.findLast((move) => move.state === 'released')?.at;
      if (state !== 'released' || release?.version === undefined || at === undefined) return [];
      const {version, sentence} = release;
      return [{version, run: id, at, sentence, isRestored: restores !== undefined}];
    })
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

/**
 * The version that a roll-back brings back: the one named, or the one before the champion. A version that was rolled back from is
 * never the one before.
 * @throws PermanentError NO_EARLIER_VERSION
 */
export function rollBackTo(crownings: readonly Crowning[], version?: string): Crowning {
  const now = crownings.at(-1);
  const found =
    version === undefined
      ? standing(crownings).at(-2)
      : crownings.findLast((crowning) => crowning.version === version && version !== now?.version);
  if (found !== undefined) return found;
  throw new PermanentError('NO_EARLIER_VERSION', missing(version, now?.version), {
    hint: 'See who was champion when: npx millrace versions PIPELINE',
  });
}

function missing(wanted: string | undefined, champion: string | undefined): string {
  if (wanted === undefined) return 'there is no version before';
  return wanted === champion
    ? `version ${wanted} is champion already`
    : `version ${wanted} was no champion before`;
}

/** The champions one on top of the other: a roll-back takes off all that came after its version. */
function standing(crownings: readonly Crowning[]): readonly Crowning[] {
  return crownings.reduce<readonly Crowning[]>((stack, crowning) => {
    const at = crowning.isRestored ? stack.findLastIndex(({version}) => version === crowning.version) : -1;
    return [...(at < 0 ? stack : stack.slice(0, at)), crowning];
  }, []);
}

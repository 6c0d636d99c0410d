import {ZodError} from 'zod';
import {PermanentError} from '../../shared/errors.ts';
import type {Target} from '../deployment-inputs.ts';
import {gcloud} from '../tool.ts';
import type {CloudCheck} from './cloud-check.ts';
import {type Finding, failed, later, skipped} from './finding.ts';
import type {LocalCheck} from './local-checks.ts';

/** Google's words for a service that is not switched on in the project. */
const SERVICE_IS_OFF = /SERVICE_DISABLED|has not been used in project|is not enabled/;

/** Firestore's words for a question about a database that deploying has still to make. */
const DATABASE_IS_MISSING = /database \S+ does not exist/i;

/** Looks at one thing on this machine; what cannot be read is a finding, too. */
export async function lookAt({look}: LocalCheck): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return failed(error.message, error.hint ?? 'npx millrace doctor --help');
  }
}

/** Asks Google one thing after the other. */
export class Examination {
  readonly #target: Target;
  readonly #answers = new Map<string, Promise<unknown>>();
  #lacks: string | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** One question; skipped when something required before it has failed. */
  async ask(check: CloudCheck): Promise<Finding> {
    if (this.#lacks !== undefined) return skipped(`nothing to see without ${this.#lacks}`);
    const finding = await this.#judge(check);
    if (finding.status === 'failed' && check.isRequired) this.#lacks = check.title;
    return finding;
  }

  async #judge({ask, judge, remedy}: CloudCheck): Promise<Finding> {
    try {
      return judge(await this.#answer(ask(this.#target)), this.#target);
    } catch (error) {
      if (error instanceof ZodError)
        return failed('gcloud answered in a form not known here', 'gcloud components update');
      if (!(error instanceof PermanentError)) throw error;
      if (SERVICE_IS_OFF.test(error.message)) return later('its service is not switched on yet');
      if (DATABASE_IS_MISSING.test(error.message)) return later('no database yet');
      return failed(error.message, remedy(this.#target));
    }
  }

  /** Several checks put the same question, which is asked once. */
  #answer(args: readonly string[]): Promise<unknown> {
    const key = args.join(' ');
    const known = this.#answers.get(key) ?? gcloud(args);
    this.#answers.set(key, known);
    return known;
  }
}

import type {Target} from '../deployment-inputs.ts';
import type {Finding} from './finding.ts';

/** One question to Google and what its answer means. */
export interface CloudCheck {
  readonly title: string;
  /** True when nothing after it can be looked at without it. */
  readonly isRequired?: true;
  /** The arguments of gcloud. */
  readonly ask: (target: Target) => readonly string[];
  /** @throws ZodError when the answer has another form */
  readonly judge: (answer: unknown, target: Target) => Finding;
  /** What to type when gcloud refuses to answer. */
  readonly remedy: (target: Target) => string;
}

/**
 * Who took an attempt first: the job that it started, before any paid work, or we, when we gave it up. The object that says so is
 * created once and never changes, so an attempt that was given up can never begin to work.
 */
export type Admission = 'entered' | 'revoked';

/** Name of the admission object in its bucket. */
export function admissionObjectOf(effectKey: string, attempt: number): string {
  return `${effectKey}/a${attempt}`;
}

/** What an admission object says. Whoever wrote anything but `revoked` is at work. */
export function admissionOf(content: string): Admission {
  return content.trim() === 'revoked' ? 'revoked' : 'entered';
}

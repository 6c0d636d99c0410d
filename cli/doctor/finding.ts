/** What a check has found. */
export interface Finding {
  /** `later`: not there yet, and deploying makes it. `skipped`: could not be looked at. */
  readonly status: 'fine' | 'later' | 'skipped' | 'failed';
  readonly found: string;
  /** What to type, for what failed. */
  readonly remedy?: string;
}

export function fine(found: string): Finding {
  return {status: 'fine', found};
}

export function later(found: string): Finding {
  return {status: 'later', found};
}

export function skipped(found: string): Finding {
  return {status: 'skipped', found};
}

export function failed(found: string, remedy: string): Finding {
  return {status: 'failed', found, remedy};
}

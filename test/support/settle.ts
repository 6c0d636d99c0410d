import {setTimeout as delay} from 'node:timers/promises';

const LOOK_MS = 500;

/**
 * Waits until something holds. An error counts as "not yet": the cloud may just be killed.
 * @throws what held it up at last, when the time is over
 */
export async function settle(check: () => Promise<string | undefined>, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    const missing = await check().catch((error: unknown) => String(error));
    if (missing === undefined) return;
    if (performance.now() > end) throw new Error(`not settled after ${limitMs / 1000} s: ${missing}`);
    await delay(LOOK_MS);
  }
}

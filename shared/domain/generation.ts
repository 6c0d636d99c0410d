/** Compares two generations of one object. They are decimal digits beyond what a JavaScript number can tell apart. */
export function isOlder(generation: string, other: string): boolean {
  return BigInt(generation) < BigInt(other);
}

/**
 * The newer generation that has taken the place of a run's own, if there is one.
 * A rerun was asked for by somebody who knows, so nothing takes its place.
 * @param head the newest generation of the same object that has a run
 */
export function supersederOf(
  {generation, epoch}: {readonly generation: string; readonly epoch: number},
  head: string | undefined,
): string | undefined {
  return epoch === 0 && head !== undefined && isOlder(generation, head) ? head : undefined;
}

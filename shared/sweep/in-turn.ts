/**
 * Does the work for one item after the other. One that cannot be done keeps no other from it.
 * @throws the first failure, when all have had their turn
 */
export async function inTurn<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await work(item).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** A canary's part of the traffic. */
const SHARE = /^([1-9]\d?)%$/;

/** @returns whole percents, 1 to 99; undefined for no such share */
export function percentOf(share: string): number | undefined {
  const percent = SHARE.exec(share)?.[1];
  return percent === undefined ? undefined : Number(percent);
}

/** What is deployed on an endpoint, as far as its traffic depends on it. */
interface Deployed {
  readonly id: string;
  readonly version: string;
}

/** What a release says of its canary: the percents it shall get, and the version it would replace. */
interface Canary {
  readonly canary?: number | undefined;
  readonly replaces?: string | undefined;
}

/**
 * Who shall get how much of an endpoint's traffic, in percent per deployed model id. A canary shares it with the version it would
 * replace; where that one does not answer, it has nobody to share with.
 * @param own id of the run's deployed model
 */
export function sharesOf(
  deployed: readonly Deployed[],
  own: string,
  {canary, replaces}: Canary,
): Readonly<Record<string, number>> {
  const before = deployed.find(({id, version}) => id !== own && version === replaces);
  return canary === undefined || before === undefined
    ? {[own]: 100}
    : {[own]: canary, [before.id]: 100 - canary};
}

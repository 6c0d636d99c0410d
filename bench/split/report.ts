import {RssCurve} from './rss-curve.ts';

/** What a contestant prints as its only line. */
export interface Measurement {
  /** From the first byte read to the last written, without the start of the process. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The most memory the process had, its runtime included. */
  readonly rssMiB: number;
  /** See {@link RssCurve}. */
  readonly curveMiB?: readonly number[];
}

/** Does the work and prints what it took. */
export async function report(work: (curve: RssCurve) => Promise<void>): Promise<void> {
  const curve = new RssCurve();
  const before = process.cpuUsage();
  const start = performance.now();
  await work(curve);
  const seconds = (performance.now() - start) / 1000;
  const {user, system} = process.cpuUsage(before);
  const measurement: Measurement = {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    rssMiB: process.resourceUsage().maxRSS / 1024,
    ...(curve.pointsMiB.length > 0 ? {curveMiB: curve.pointsMiB} : {}),
  };
  console.log(JSON.stringify(measurement));
}

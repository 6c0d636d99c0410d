/** Bytes between two points. */
export const CURVE_STEP_BYTES = 250e6;

/** How much memory this process has while its work goes on. */
export class RssCurve {
  /** After each step, in MiB. */
  readonly pointsMiB: number[] = [];
  #bytes = 0;

  /** To be told of all bytes that are read. */
  read(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < (this.pointsMiB.length + 1) * CURVE_STEP_BYTES) return;
    this.pointsMiB.push(process.memoryUsage.rss() / 1024 ** 2);
  }
}

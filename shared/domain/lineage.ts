import type {Run} from './run.ts';

/** What a model version tells of where it comes from. */
export interface Lineage {
  /** To find versions by. Values are at most 63 of `[a-z0-9_-]`, so digests are cut to their first half: 128 bits. */
  readonly labels: Readonly<Record<string, string>>;
  /** To read: the gate's sentence, then one line for each thing the model was made of, whole. */
  readonly description: string;
}

/** Half of a SHA-256 in hex. */
const HALF_DIGEST = 32;

/**
 * Data, split, image, trial and metrics behind the model of a run.
 * @param sentence why the gate let it in
 */
export function lineageOf(run: Run, sentence: string): Lineage {
  const {input, split, image, tuning, training} = run;
  const facts = {
    run: run.id,
    data: `gs://${input.bucket}/${input.name}#${input.generation}`,
    manifest: split && `sha256:${split.manifestSha256}`,
    image: image?.uri,
    trial: tuning?.best?.id,
    parameters: told(tuning?.best?.parameters),
    metrics: told(training?.metrics),
  };
  const lines = Object.entries(facts).flatMap(([name, fact]) =>
    fact === undefined ? [] : [`${name}: ${fact}`],
  );
  const labels = {
    millrace_generation: input.generation,
    millrace_manifest: split?.manifestSha256.slice(0, HALF_DIGEST),
    millrace_image: image?.digest?.replace('sha256:', '').slice(0, HALF_DIGEST),
    millrace_trial: tuning?.best?.id,
  };
  return {labels: known(labels), description: [sentence, ...lines].join('\n')};
}

function known(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function told(values: Readonly<Record<string, string | number>> | undefined): string | undefined {
  const pairs = Object.entries(values ?? {}).map(([name, value]) => `${name} ${value}`);
  return pairs.length === 0 ? undefined : pairs.join(', ');
}

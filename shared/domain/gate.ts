import {z} from 'zod';

const metricsSchema = z.record(z.string(), z.number());

/** `evaluation.json`, written by the trainer beside the model: challenger and champion scored on the same test rows. */
export const evaluationSchema = z.object({
  rows: z.number().int().positive(),
  metrics: metricsSchema,
  champion: z.object({metrics: metricsSchema}).nullish(),
  champion_error: z.string().optional(),
  model: z.object({
    file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    bytes: z.number().int(),
  }),
});

export type Evaluation = z.output<typeof evaluationSchema>;

export interface GateRules {
  /** Least value per metric of the test part. */
  readonly minimum: Readonly<Record<string, number>>;
  /** How much the challenger's tuned metric must gain on the champion's; 0 lets an equal model pass. */
  readonly beatChampionBy: number;
  /** The metric that challenger and champion are compared by, and which way is better. */
  readonly metric: string;
  readonly goal: 'maximize' | 'minimize';
}

export interface GateDecision {
  readonly released: boolean;
  /** What a person would write about it, with every number that counted. */
  readonly sentence: string;
}

/** A version, and when the data of its run were accepted (ISO 8601). */
interface Accepted {
  readonly version: string;
  readonly acceptedAt: string;
}

/**
 * Traffic never goes back: a slow run does not replace the model of data that came after its own.
 * @returns the refusal, or undefined when the order is right
 */
export function refuseOlder(acceptedAt: string, champion: Accepted | undefined): GateDecision | undefined {
  if (champion === undefined || Date.parse(champion.acceptedAt) <= Date.parse(acceptedAt)) return undefined;
  return refuse(
    `kept version ${champion.version}: its data were accepted at ${champion.acceptedAt}, after this run's at ${acceptedAt}`,
  );
}

/** Decides whether a trained model may replace the champion. */
export function decideRelease(evaluation: Evaluation, rules: GateRules, champion?: string): GateDecision {
  const {metrics, rows} = evaluation;
  for (const [name, least] of Object.entries(rules.minimum)) {
    const value = metrics[name];
    if (value === undefined) {
      return refuse(`the evaluation has no metric "${name}", which gate.minimum asks for`);
    }
    if (!(value >= least))
      return refuse(`${name} is ${value} on ${rows} test rows, gate.minimum asks for ${least}`);
  }
  const value = metrics[rules.metric];
  if (value === undefined)
    return refuse(`the evaluation has no metric "${rules.metric}", which the trials were tuned for`);
  if (champion === undefined)
    return release(`first version: ${rules.metric} ${show(value)} on ${rows} test rows`);
  const rival = evaluation.champion?.metrics[rules.metric];
  if (rival === undefined) {
    const why = evaluation.champion_error ?? `it has no ${rules.metric}`;
    return release(
      `${rules.metric} ${show(value)} on ${rows} test rows; version ${champion} could not be compared (${why})`,
    );
  }
  const gain = rules.goal === 'maximize' ? value - rival : rival - value;
  const compared = `${show(value)} against ${show(rival)} of version ${champion} on the same ${rows} rows`;
  return gain >= rules.beatChampionBy
    ? release(`${rules.metric} ${compared}`)
    : refuse(
        `kept version ${champion}: ${rules.metric} ${compared}, needed a gain of ${rules.beatChampionBy}`,
      );
}

function release(sentence: string): GateDecision {
  return {released: true, sentence};
}

function refuse(sentence: string): GateDecision {
  return {released: false, sentence};
}

function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}

import {z} from 'zod';
import type {Complaint} from '../errors.ts';
import {linksOf, type Place} from './console-links.ts';
import {dollarsOf} from './cost.ts';
import {lastStageBegun} from './rerun-plan.ts';
import type {Run} from './run.ts';

/** What each has, whatever it tells. */
const common = {
  runId: z.string(),
  pipeline: z.string(),
  sentence: z.string().describe('What happened and why, for a person.'),
  next: z.string().describe('The command to type next.'),
  links: z
    .strictObject({run: z.url(), model: z.url().exactOptional(), endpoint: z.url().exactOptional()})
    .describe("Pages of Google Cloud's console."),
  cost: z
    .strictObject({dollars: z.number(), prices: z.string().describe('The day of the price table.')})
    .exactOptional()
    .describe(
      'What the ended jobs have cost, in US dollars; absent when there is none or a price is missing.',
    ),
};

const SCHEMAS = {
  'version-released': z
    .strictObject({
      ...common,
      model: z.string(),
      version: z.string(),
      endpoint: z.string().exactOptional().describe('Where it answers; absent with "serve: none".'),
      replaces: z.string().exactOptional().describe('The version before; absent for the first.'),
    })
    .describe('A version is champion, and answers if the pipeline serves.'),
  'version-rejected': z.strictObject(common).describe('The gate kept the model out.'),
  'run-failed': z
    .strictObject({
      ...common,
      stage: z.string().describe('The function that failed.'),
      code: z.string().describe('See errors.md.'),
      message: z.string(),
      where: z.string().exactOptional(),
      hint: z.string().exactOptional().describe('What to do before the next command.'),
    })
    .describe('A run ended without a verdict.'),
};

export const TOPICS = ['version-released', 'version-rejected', 'run-failed'] as const;

/** What leaves the system; subscribers get it at least once, with a stable id. */
export interface Notification {
  readonly topic: (typeof TOPICS)[number];
  readonly body: Readonly<Record<string, unknown>>;
}

type Told<Topic extends Notification['topic']> = {
  readonly topic: Topic;
  readonly body: z.output<(typeof SCHEMAS)[Topic]>;
};

/** @param run with what it has released */
export function versionReleased(run: Run, place: Place): Told<'version-released'> {
  const {sentence = '', model = '', version = '', endpoint, replaces} = run.release ?? {};
  const body = {
    ...about(run, place),
    sentence,
    model,
    version,
    ...(endpoint !== undefined && {endpoint}),
    ...(replaces !== undefined && {replaces}),
    next: `npx millrace versions ${run.pipeline}`,
  };
  return {topic: 'version-released', body};
}

/** @param run with the decision that keeps it out */
export function versionRejected(run: Run, place: Place): Told<'version-rejected'> {
  // A roll-back is kept out when its version answers already: there is nothing to release.
  const next =
    run.restores === undefined
      ? `npx millrace promote ${run.id} --reason TEXT`
      : `npx millrace versions ${run.pipeline}`;
  return {
    topic: 'version-rejected',
    body: {...about(run, place), sentence: run.release?.sentence ?? '', next},
  };
}

export function runFailed(
  run: Run,
  failure: Complaint & {readonly stage: string},
  place: Place,
): Told<'run-failed'> {
  const {stage, code, message, where, hint} = failure;
  const body = {
    ...about(run, place),
    sentence: `${stage} failed: ${message}`,
    stage,
    code,
    message,
    ...(where !== undefined && {where}),
    ...(hint !== undefined && {hint}),
    next: `npx millrace rerun ${run.id} --from ${lastStageBegun(run)}`,
  };
  return {topic: 'run-failed', body};
}

function about(run: Run, place: Place) {
  const dollars = dollarsOf(run.cost);
  const prices = run.estimate?.prices;
  return {
    runId: run.id,
    pipeline: run.pipeline,
    links: linksOf(run, place),
    ...(dollars !== undefined && prices !== undefined && {cost: {dollars, prices}}),
  };
}

/** The JSON Schema of the bodies, as docs/reference/notifications.schema.json publishes it. */
export function notificationsJsonSchema() {
  return z.toJSONSchema(
    z.object(SCHEMAS).meta({
      title: 'Notifications of Millrace',
      description: 'The body of each notification, by its topic.',
    }),
  );
}

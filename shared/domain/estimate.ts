import {nodeHoursAllowed} from './budget.ts';
import {CHECKS} from './checks.ts';
import type {Estimate, Expected} from './cost.ts';
import type {Pipeline} from './pipeline.ts';
import type {Prices} from './prices.ts';
import {RERUN_STAGES, type RerunStage, type RunState} from './run.ts';
import {servingOf} from './serving.ts';

const HOUR_MS = 3_600_000;

/** Cloud Build ends a build of ours by itself then. */
const BUILD_HOURS = 0.5;

interface Market {
  readonly prices: Prices;
  readonly region: string;
}

/**
 * What a run that begins at a stage will have to pay at most. The bounds are the times after which a build or job is ended, and the budget.
 * What has no price in this region has none here: AI Platform has no list price any more, and the steps of a compiled pipeline have
 * machines of their own.
 */
export function estimateOf(pipeline: Pipeline, from: RerunStage, {prices, region}: Market): Estimate {
  const table = prices.regions[region];
  const jobs = pipeline.platform === 'vertex' ? table?.training : undefined;
  const servers = pipeline.platform === 'vertex' ? table?.serving : undefined;
  const buildHourly = table && table.buildMinute * 60;
  const serving = servingOf(pipeline);
  const begins = (stage: RerunStage) => RERUN_STAGES.indexOf(from) <= RERUN_STAGES.indexOf(stage);
  return {
    prices: prices.date,
    ...(begins('build') && {build: expected('Cloud Build', buildHourly, BUILD_HOURS)}),
    ...(begins('tune') && {tuning: tuningOf(pipeline, priceOf(pipeline.tune.machineType, jobs))}),
    ...(begins('train') && {training: trainingOf(pipeline, priceOf(pipeline.train.machineType, jobs))}),
    ...(serving && {serving: expected(serving.machineType, priceOf(serving.machineType, servers))}),
  };
}

function priceOf(machineType: string, table: Readonly<Record<string, number>> = {}): number | undefined {
  return Object.hasOwn(table, machineType) ? table[machineType] : undefined;
}

function tuningOf(pipeline: Pipeline, hourly: number | undefined): Expected {
  const {machineType, parallelTrials} = pipeline.tune;
  const allowed = nodeHoursAllowed(pipeline.budget, hourly) ?? Number.POSITIVE_INFINITY;
  return expected(machineType, hourly, Math.min(allowed, parallelTrials * hoursIn('tuning')));
}

function trainingOf({trainer, train}: Pipeline, hourly: number | undefined): Expected {
  if (trainer.kind === 'pipeline') return {what: 'a compiled pipeline'};
  return expected(train.machineType, hourly, hoursIn('training'));
}

function hoursIn(state: RunState): number {
  return (CHECKS[state]?.deadlineMs ?? 0) / HOUR_MS;
}

function expected(what: string, hourly: number | undefined, hours?: number): Expected {
  if (hourly === undefined) return {what};
  return {what, hourly, ...(hours !== undefined && {atMost: hourly * hours})};
}

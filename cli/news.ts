import {RANKS, RERUN_STAGES, type Run, type RunState} from '../shared/domain/run.ts';
import {hasEnded, type Trial} from '../shared/domain/trial.ts';

/** What a watcher of a run knows at one moment. */
export interface Snapshot {
  readonly run: Run;
  readonly trials: readonly Trial[];
}

export const STAGES = ['split', 'image', 'tuning', 'training', 'release'] as const;

/** One line worth telling. */
export interface News {
  readonly stage: (typeof STAGES)[number];
  readonly text: string;
  /** `done` when it is the last line of its stage. */
  readonly kind: 'progress' | 'done' | 'failed';
}

/** What happened between two looks at a run, in the order of the stages. What a rerun has taken over is no news. */
export function newsBetween(before: Snapshot | undefined, after: Snapshot): News[] {
  const byStage = {
    split: splitNews,
    image: imageNews,
    tuning: tuningNews,
    training: trainingNews,
    release: releaseNews,
  };
  const own = STAGES.slice(RERUN_STAGES.indexOf(after.run.from ?? 'split'));
  return [
    ...own.flatMap((stage) => byStage[stage](before, after)),
    ...troubleNews(before, after),
    ...failureNews(before, after),
  ];
}

const count = new Intl.NumberFormat('en');

function splitNews(before: Snapshot | undefined, {run: {split}}: Snapshot): News[] {
  if (split === undefined || before?.run.split !== undefined) return [];
  const {training, validation, test} = split.parts;
  const rows = `training ${count.format(training.rows)} rows, validation ${count.format(validation.rows)}, test ${count.format(test.rows)}`;
  const rejected = split.rejected === 0 ? '' : `, ${count.format(split.rejected)} malformed rows set aside`;
  const warnings = (split.warnings ?? []).map<News>(({code, sentence}) => ({
    stage: 'split',
    kind: 'progress',
    text: `warning: ${code}: ${sentence}`,
  }));
  return [...warnings, {stage: 'split', kind: 'done', text: `${rows}${rejected}. ${split.labelSentence}`}];
}

/** Ends that say nothing about how far a run has come. */
const STOPPED: readonly RunState[] = ['failed', 'cancelled', 'superseded'];

function imageNews(before: Snapshot | undefined, {run}: Snapshot): News[] {
  const {image} = run;
  if (image === undefined) return [];
  const wasBuilt = before !== undefined && RANKS[before.run.state] >= RANKS.built;
  if (RANKS[run.state] >= RANKS.built && !STOPPED.includes(run.state) && !wasBuilt) {
    return [
      {
        stage: 'image',
        kind: 'done',
        text: `${image.reused ? 'reused' : 'built'} ${image.tag}${digestOf(image.digest)}`,
      },
    ];
  }
  if (run.state === 'building' && before?.run.image === undefined) {
    return [{stage: 'image', kind: 'progress', text: `building ${image.tag}`}];
  }
  return [];
}

function digestOf(digest: string | undefined): string {
  return digest === undefined ? '' : ` (${digest.slice(0, 19)})`;
}

function tuningNews(before: Snapshot | undefined, {run, trials}: Snapshot): News[] {
  const {tuning, definition} = run;
  if (tuning === undefined || definition === undefined) return [];
  const {maxTrials, parallelTrials, metric} = definition.pipeline.tune;
  const started: News[] = before?.run.tuning
    ? []
    : [{stage: 'tuning', kind: 'progress', text: `${maxTrials} trials, ${parallelTrials} at a time`}];
  const ended = trials.filter((trial) => hasEnded(trial) && !endedBefore(before, trial));
  const best: News[] =
    tuning.best === undefined || before?.run.tuning?.best !== undefined
      ? []
      : [{stage: 'tuning', kind: 'done', text: `best: ${tuning.why ?? `trial ${tuning.best.id}`}`}];
  return [...started, ...ended.map((trial) => trialNews(trial, metric)), ...best];
}

function endedBefore(before: Snapshot | undefined, {id}: Trial): boolean {
  return before?.trials.some((trial) => trial.id === id && hasEnded(trial)) ?? false;
}

function trialNews({id, parameters, metric: value, isStoppedEarly, why}: Trial, metric: string): News {
  const values = Object.entries(parameters).map(([name, parameter]) => `${name}=${short(parameter)}`);
  const outcome =
    value === undefined ? `no ${metric}: ${why ?? 'no reason given'}` : `${metric} ${short(value)}`;
  const end = isStoppedEarly ? ', stopped early' : '';
  return {stage: 'tuning', kind: 'progress', text: `trial ${id}: ${values.join(' ')} → ${outcome}${end}`};
}

function trainingNews(before: Snapshot | undefined, {run: {training, tuning, split}}: Snapshot): News[] {
  if (training === undefined) return [];
  if (training.metrics !== undefined && before?.run.training?.metrics === undefined) {
    const metrics = Object.entries(training.metrics).map(([name, value]) => `${name} ${short(value)}`);
    return [
      {
        stage: 'training',
        kind: 'done',
        text: `${metrics.join(', ')} on ${split?.parts.test.rows ?? '?'} test rows`,
      },
    ];
  }
  if (before?.run.training !== undefined) return [];
  return [
    {
      stage: 'training',
      kind: 'progress',
      text: `again with the parameters of trial ${tuning?.best?.id ?? '?'}`,
    },
  ];
}

function releaseNews(before: Snapshot | undefined, {run: {id, state, release}}: Snapshot): News[] {
  if (release === undefined) return [];
  if (state === 'released' && before?.run.state !== 'released') {
    const {model, version, endpoint, sentence} = release;
    return [
      {
        stage: 'release',
        kind: 'done',
        text: `model ${model} version ${version} answers at endpoint ${endpoint} (${sentence})`,
      },
    ];
  }
  if (state === 'canary' && before?.run.state !== 'canary') {
    const {version, canary} = release;
    const text = `version ${version} is a canary with ${canary} % of the traffic; give it all with: npx millrace promote ${id} --reason TEXT`;
    return [{stage: 'release', kind: 'done', text}];
  }
  if (state === 'rejected' && before?.run.state !== 'rejected') {
    return [{stage: 'release', kind: 'done', text: `not released: ${release.sentence}`}];
  }
  return before?.run.release === undefined ? [{stage: 'release', kind: 'progress', text: 'deploying'}] : [];
}

function troubleNews(before: Snapshot | undefined, {run}: Snapshot): News[] {
  const {trouble} = run;
  if (trouble === undefined || before?.run.trouble?.at === trouble.at) return [];
  return [
    {stage: stageOf(trouble.stage, run), kind: 'progress', text: `will be tried again: ${trouble.message}`},
  ];
}

function failureNews(before: Snapshot | undefined, {run}: Snapshot): News[] {
  const {failure} = run;
  if (failure === undefined || before?.run.failure !== undefined) return [];
  const {code, message, where, hint} = failure;
  const place = where === undefined ? '' : ` (${where})`;
  return [
    {
      stage: stageOf(failure.stage, run),
      kind: 'failed',
      text: `${code}: ${message.replace(/\.$/, '')}${place}.${hint ? ` ${hint}` : ''}`,
    },
  ];
}

const STAGE_OF_FUNCTION: Readonly<Record<string, News['stage']>> = {
  'build-image': 'image',
  'start-tuning': 'tuning',
  'release-model': 'release',
};

/** The function that handles ended jobs works on two stages. */
function stageOf(functionName: string, {tuning}: Run): News['stage'] {
  if (functionName === 'complete-job') return tuning?.best === undefined ? 'tuning' : 'training';
  return STAGE_OF_FUNCTION[functionName] ?? 'split';
}

function short(value: number | string): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
}

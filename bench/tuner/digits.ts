import {appendFileSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {projectFolder} from '../../cli/project-folder.ts';
import {suggestTrial} from '../../local/tuning/search/suggest-trial.ts';
import type {Trial as StudyTrial} from '../../local/tuning/types.ts';
import {bestTrial} from '../../shared/domain/best-trial.ts';
import type {Pipeline} from '../../shared/domain/pipeline.ts';
import {Splitter} from '../../shared/domain/split/splitter.ts';
import type {Trial} from '../../shared/domain/trial.ts';
import {studySpecOf} from '../../shared/gateways/study-spec.ts';
import {parsePipeline} from '../../shared/pipeline-file.ts';
import type {Ask} from './python-models.ts';

const EXAMPLE = join(projectFolder, 'examples', 'digits');

/** Accuracies on the same test rows, as shares. */
export interface Compared {
  readonly ours: number;
  readonly theirs: number;
}

/**
 * The digits, split by the salt `seed`: the best of the example's trials trained again on training and validation rows, beside what
 * scikit-learn's random search with cross-validation finds on the same rows with as many trials.
 */
export async function compareOnDigits(seed: number, ask: Ask): Promise<Compared> {
  const file = join(EXAMPLE, 'pipeline.yaml');
  const {data, split, tune} = parsePipeline(await readFile(file, 'utf8'), file).pipeline;
  const folder = await mkdtemp(join(tmpdir(), 'digits-'));
  try {
    const splitter = new Splitter({data, split: {...split, salt: String(seed)}});
    await splitInto(folder, splitter);
    const parameters = await tuned(tune, seed, (asked) => ask('validate', {folder, seed, ...asked}));
    const {alpha, max_iter} = tune.parameters;
    const space = {alpha: alpha?.double, max_iter: max_iter?.discrete, trials: tune.maxTrials};
    return {
      ours: await ask('test', {folder, seed, ...parameters}),
      theirs: await ask('search', {folder, seed, ...space}),
    };
  } finally {
    await rm(folder, {recursive: true});
  }
}

async function splitInto(folder: string, splitter: Splitter): Promise<void> {
  const bytes = await readFile(join(EXAMPLE, 'data', 'digits.csv'));
  for (let at = 0; at < bytes.length; ) {
    const read = bytes.copy(splitter.room, 0, at);
    for (const piece of splitter.take(read)) appendFileSync(join(folder, piece.stream), piece.bytes);
    at += read;
  }
  for (const piece of splitter.finish().pieces) appendFileSync(join(folder, piece.stream), piece.bytes);
}

/** The parameters of the best trial. The name of the metric is what the search takes its chance from. */
async function tuned(
  tune: Pipeline['tune'],
  seed: number,
  validate: (parameters: Trial['parameters']) => Promise<number>,
): Promise<Trial['parameters']> {
  const study = {...studySpecOf(tune), metrics: [{metricId: `${tune.metric}${seed}`, goal: 'MAXIMIZE'}]};
  const begun: StudyTrial[] = [];
  const ended: Trial[] = [];
  while (ended.length < tune.maxTrials) {
    const suggested = suggestTrial(study, begun) ?? [];
    const parameters = Object.fromEntries(suggested.map(({parameterId, value}) => [parameterId, value]));
    const metric = await validate(parameters);
    begun.push({state: 'SUCCEEDED', parameters: suggested, finalMeasurement: {metrics: [{value: metric}]}});
    ended.push({id: String(begun.length), state: 'succeeded', parameters, metric});
  }
  return bestTrial(ended, tune.goal)?.parameters ?? {};
}

import {isDeepStrictEqual} from 'node:util';
import {ApiError} from '../api-error.ts';
import type {StudyTrial} from '../tuning/run-study.ts';
import {metricTagOf} from './study.ts';
import type {TrainingJob} from './training-jobs.ts';
import type {HyperparameterSpec} from './types.ts';

/**
 * What a search that goes on with an earlier job's knows from the beginning: the trials of that job that measured something or were
 * infeasible, after those that it knew itself. "The job id will be used to find the corresponding vizier study guid and resume the
 * study", says the reference; what a study varies and measures cannot change.
 * @throws ApiError INVALID_ARGUMENT when the two are not of one study, or the earlier job has not ended
 */
export function resumedTrials(
  asked: HyperparameterSpec | undefined,
  find: (jobId: string) => TrainingJob | undefined,
): StudyTrial[] {
  if (!asked?.resumePreviousJobId) return [];
  const earlier = find(asked.resumePreviousJobId);
  const fault = faultOf(asked, earlier);
  if (fault !== undefined) {
    const field = 'training_input.hyperparameters.resume_previous_job_id';
    throw new ApiError('INVALID_ARGUMENT', `Field: ${field} Error: ${fault}`);
  }
  const {resumed = [], trials = []} = earlier ?? {};
  const ended = trials
    .filter(({state}) => state === 'SUCCEEDED' || state === 'INFEASIBLE')
    .toSorted((a, b) => Number(a.id) - Number(b.id));
  return [...resumed, ...ended];
}

function faultOf(asked: HyperparameterSpec, earlier: TrainingJob | undefined): string | undefined {
  const id = asked.resumePreviousJobId;
  if (earlier === undefined) return `There is no job ${id}.`;
  const before = earlier.trainingInput?.hyperparameters;
  if (before === undefined) return `Job ${id} is no hyperparameter tuning job.`;
  if (earlier.endTime === undefined) return `Job ${id} has not ended.`;
  if (!isDeepStrictEqual(paramsOf(asked), paramsOf(before))) return `Job ${id} has other parameters.`;
  if (!isDeepStrictEqual(aimOf(asked), aimOf(before))) return `Job ${id} has another goal or metric.`;
  return undefined;
}

function paramsOf({params}: HyperparameterSpec) {
  return new Map(params?.map((param) => [param.parameterName, param]));
}

function aimOf(spec: HyperparameterSpec): readonly string[] {
  return [spec.goal === 'MINIMIZE' ? 'MINIMIZE' : 'MAXIMIZE', metricTagOf(spec)];
}

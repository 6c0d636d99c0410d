import {z} from 'zod';
import {notOffered} from '../request.ts';
import {axesOf} from '../tuning/search/axes.ts';
import type {StudySpec} from '../tuning/types.ts';
import {parameterSpec} from './parameter-spec.ts';

const earlyStopping = z.strictObject({useElapsedDuration: z.boolean().exactOptional()}).exactOptional();

/** `StudySpec`: what is varied, what is measured and when a trial is stopped. */
export const studySpec = z
  .strictObject({
    metrics: z
      .array(
        z.strictObject({
          metricId: z.string().min(1),
          goal: z.enum(['GOAL_TYPE_UNSPECIFIED', 'MAXIMIZE', 'MINIMIZE']).exactOptional(),
          safetyConfig: notOffered(),
        }),
      )
      .length(1, 'a tuning job optimizes exactly one metric'),
    parameters: z.array(parameterSpec).min(1),
    algorithm: z.enum(['ALGORITHM_UNSPECIFIED', 'GRID_SEARCH', 'RANDOM_SEARCH']).exactOptional(),
    measurementSelectionType: z
      .enum(['MEASUREMENT_SELECTION_TYPE_UNSPECIFIED', 'LAST_MEASUREMENT', 'BEST_MEASUREMENT'])
      .exactOptional(),
    medianAutomatedStoppingSpec: earlyStopping,
    decayCurveStoppingSpec: earlyStopping,
    convexAutomatedStoppingSpec: notOffered(),
    studyStoppingConfig: notOffered(),
    observationNoise: z.never({error: 'observation noise is not supported by tuning jobs'}).exactOptional(),
  })
  .refine(
    ({medianAutomatedStoppingSpec: median, decayCurveStoppingSpec: decay}) => !(median && decay),
    'a study has at most one automated stopping rule',
  )
  .refine(hasUniqueIds, {path: ['parameters'], message: 'parameter ids must be unique'})
  .refine(
    ({algorithm, parameters}) =>
      algorithm !== 'GRID_SEARCH' || axesOf(parameters).every(({spec}) => spec.doubleValueSpec === undefined),
    {path: ['algorithm'], message: 'GRID_SEARCH does not support parameters of type DOUBLE'},
  ) satisfies z.ZodType<StudySpec>;

/** The same id twice is sound only under one parent that leads to one of the two at most. */
function hasUniqueIds({parameters}: StudySpec): boolean {
  const axes = axesOf(parameters ?? []);
  return axes.every((axis, index) =>
    axes.slice(0, index).every((earlier) => {
      if (earlier.spec.parameterId !== axis.spec.parameterId) return true;
      const [one, other] = [earlier.condition, axis.condition];
      const hasSameParent = one !== undefined && one.parent === other?.parent;
      return hasSameParent && one.values.every((value) => !other.values.includes(value));
    }),
  );
}

import type {StudySpec, Trial, TrialParameter} from '../types.ts';
import {axesOf, parametersAt} from './axes.ts';
import {bayesianPoint} from './bayesian.ts';
import {gridPoint} from './grid.ts';
import {valueAt} from './scale.ts';
import {unitHash} from './unit-hash.ts';

/**
 * The parameters of a study's next trial, or undefined when its grid has no more points.
 * They follow from the study and the earlier trials alone: the same ones always lead to the same next.
 * @param trials all earlier ones in their order; those neither SUCCEEDED nor INFEASIBLE count as running
 */
export function suggestTrial(study: StudySpec, trials: readonly Trial[]): TrialParameter[] | undefined {
  const axes = axesOf(study.parameters ?? []);
  const seed = JSON.stringify(study);
  switch (study.algorithm) {
    case 'GRID_SEARCH':
      return gridPoint(axes, trials.length);
    case 'RANDOM_SEARCH':
      return parametersAt(axes, ({spec}, index) => valueAt(spec, unitHash(seed, trials.length, index)));
    default: {
      const goal = study.metrics?.[0]?.goal === 'MINIMIZE' ? 'minimize' : 'maximize';
      return bayesianPoint({axes, goal, start: axes.map((_, index) => unitHash(seed, index))}, trials);
    }
  }
}

import {ApiError} from '../api-error.ts';

/** Percent of the requests per deployed model's id. */
export type TrafficSplit = Readonly<Record<string, number>>;

/**
 * @param ids the deployed models there are
 * @throws ApiError INVALID_ARGUMENT unless the split is empty, or whole percents that add up to 100 over those models.
 */
export function checkTraffic(split: TrafficSplit, ids: readonly string[]): void {
  const stranger = Object.keys(split).find((id) => !ids.includes(id));
  if (stranger !== undefined) {
    throw new ApiError('INVALID_ARGUMENT', `Traffic split names "${stranger}", which is not deployed.`);
  }
  const percents = Object.values(split);
  const sum = percents.reduce((total, percent) => total + percent, 0);
  if (percents.some((percent) => percent < 0) || (percents.length > 0 && sum !== 100)) {
    throw new ApiError('INVALID_ARGUMENT', `Traffic percentages must add up to 100, not ${sum}.`);
  }
}

const GOLDEN_RATIO = (1 + Math.sqrt(5)) / 2;

/**
 * The deployed model that answers the request with this running number; undefined when none gets traffic.
 * The numbers are spread by the golden ratio, so any stretch of requests keeps closely to the percents.
 */
export function chooseByTraffic(split: TrafficSplit, requestNumber: number): string | undefined {
  const point = ((requestNumber * GOLDEN_RATIO) % 1) * 100;
  let below = 0;
  return Object.keys(split).find((id) => {
    below += split[id] ?? 0;
    return point < below;
  });
}

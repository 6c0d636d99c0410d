import {type Cost, dollarsOf, type Estimate, type Expected, PAID_STAGES} from '../shared/domain/cost.ts';

/** What a run will have to pay, a part for each stage that it has before it. */
export function describeEstimate({prices, build, tuning, training, serving}: Estimate): string {
  const parts = [
    build && `build ${atMost(build)}`,
    tuning && `tuning ${atMost(tuning)}`,
    training && `training ${atMost(training)}`,
    serving && `serving ${whileItAnswers(serving)}`,
  ];
  return `${parts.filter(Boolean).join(', ')} (US dollars, prices of ${prices})`;
}

/** What a run has paid, and the sum where every price is known. */
export function describeCost(cost: Cost): string {
  const parts = PAID_STAGES.flatMap((stage) => {
    const spent = cost[stage];
    if (spent === undefined) return [];
    const paid = spent.dollars === undefined ? 'no price' : dollars(spent.dollars);
    return [`${stage} ${paid} (${spent.hours.toFixed(2)} h)`];
  });
  const sum = dollarsOf(cost);
  return `${parts.join(' + ')}${sum === undefined ? '' : ` = ${dollars(sum)} US dollars`}`;
}

function atMost({what, atMost: most}: Expected): string {
  return most === undefined ? noPrice(what) : `at most ${dollars(most)}`;
}

function whileItAnswers({what, hourly}: Expected): string {
  return hourly === undefined ? noPrice(what) : `${dollars(hourly)} an hour`;
}

function noPrice(what: string): string {
  return `unknown: no price for ${what}`;
}

function dollars(amount: number): string {
  return amount.toFixed(amount < 0.1 ? 4 : 2);
}

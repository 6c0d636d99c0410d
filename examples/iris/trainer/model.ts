import {InputError} from './input-error.ts';
import type {Table} from './table.ts';

/** A softmax regression on standardised columns. */
export interface Model {
  readonly columns: readonly string[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
  readonly classes: readonly string[];
  /** Of each class: the bias, then a weight per column. */
  readonly weights: readonly (readonly number[])[];
}

export interface Hyperparameters {
  readonly learningRate: number;
  readonly epochs: number;
  /** Draws weights towards 0. */
  readonly decay: number;
}

export interface Scores {
  readonly accuracy: number;
  readonly log_loss: number;
}

/** Descends the log loss of all rows at once, from weights of 0: the same rows give the same model. */
export function train({columns, rows, labels}: Table, {learningRate, epochs, decay}: Hyperparameters): Model {
  const classes = [...new Set(labels)].sort();
  if (classes.length < 2)
    throw new InputError(`the rows are all "${classes[0]}"; training needs two classes or more`);
  const values = columns.map((_, column) => rows.flatMap((row) => row[column] ?? []));
  const means = values.map(mean);
  const deviations = values.map(
    (column, index) => Math.sqrt(mean(column.map((value) => (value - (means[index] ?? 0)) ** 2))) || 1,
  );
  const start: Model = {
    columns,
    means,
    deviations,
    classes,
    weights: classes.map(() => new Array(columns.length + 1).fill(0)),
  };
  const inputs = rows.map((row) => inputOf(start, row));
  let {weights} = start;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const gradient = gradientOf(
      weights,
      inputs,
      labels.map((label) => classes.indexOf(label)),
    );
    weights = weights.map((row, k) =>
      row.map(
        (weight, j) => weight - learningRate * ((gradient[k]?.[j] ?? 0) + (j > 0 ? decay * weight : 0)),
      ),
    );
  }
  return {...start, weights};
}

export function predict(model: Model, rows: Table['rows']): string[] {
  return rows.map((row) => {
    const shares = sharesOf(model.weights, inputOf(model, row));
    return model.classes[shares.indexOf(Math.max(...shares))] ?? '';
  });
}

/** @throws InputError for rows of other columns than the model was trained on */
export function evaluate(model: Model, {columns, rows, labels}: Table): Scores {
  if (columns.join() !== model.columns.join())
    throw new InputError(
      `the rows have the columns ${columns.join(', ')}; the model knows ${model.columns.join(', ')}`,
    );
  const predictions = predict(model, rows);
  const losses = rows.map((row, index) => {
    const shares = sharesOf(model.weights, inputOf(model, row));
    return -Math.log(Math.max(shares[model.classes.indexOf(labels[index] ?? '')] ?? 0, 1e-12));
  });
  return {
    accuracy: mean(predictions.map((prediction, index) => (prediction === labels[index] ? 1 : 0))),
    log_loss: mean(losses),
  };
}

type Vector = readonly number[];

/** Of the mean log loss, by each weight. */
function gradientOf(weights: Model['weights'], inputs: readonly Vector[], targets: Vector): number[][] {
  const gradient = weights.map((row) => row.map(() => 0));
  inputs.forEach((input, row) => {
    sharesOf(weights, input).forEach((share, k) => {
      const error = (share - (targets[row] === k ? 1 : 0)) / inputs.length;
      input.forEach((value, j) => {
        const sums = gradient[k];
        if (sums !== undefined) sums[j] = (sums[j] ?? 0) + error * value;
      });
    });
  });
  return gradient;
}

function sharesOf(weights: Model['weights'], input: Vector): number[] {
  const scores = weights.map((row) => sum(row.map((weight, j) => weight * (input[j] ?? 0))));
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  return powers.map((power) => power / sum(powers));
}

/** A 1 for the bias, then the standardised values; a missing one counts as the mean. */
function inputOf({means, deviations}: Model, row: readonly (number | null)[]): number[] {
  return [
    1,
    ...row.map((value, index) =>
      value === null ? 0 : (value - (means[index] ?? 0)) / (deviations[index] ?? 1),
    ),
  ];
}

function sum(values: Vector): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: Vector): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

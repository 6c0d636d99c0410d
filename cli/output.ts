import {PermanentError, RetryableError} from '../shared/errors.ts';

/** Exit codes of every command; docs/reference/cli.md lists them. */
export const EXIT = {done: 0, failed: 1, usage: 2, unavailable: 3} as const;

/** Flags that every command has. */
export interface GlobalFlags {
  readonly json?: true;
}

/** Writes a result: for programs one JSON document, for people what `describe` makes of it. */
export function tell<T>(result: T, isJson: boolean | undefined, describe: (result: T) => string): void {
  console.log(isJson ? JSON.stringify(result, null, 2) : describe(result));
}

/** Rows in columns, each as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, {length}] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, length);
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Tells a failure with its place and the next thing to do; returns the exit code. */
export function tellFailure(error: unknown, isJson: boolean): number {
  const {code, message, where, hint} = describeFailure(error);
  if (isJson) console.error(JSON.stringify({error: {code, message, where, hint}}));
  else
    console.error(
      [`${code}: ${message}`, where && `  at ${where}`, hint && `  ${hint}`].filter(Boolean).join('\n'),
    );
  return error instanceof RetryableError ? EXIT.unavailable : EXIT.failed;
}

function describeFailure(error: unknown) {
  if (error instanceof PermanentError) return error;
  if (error instanceof RetryableError) {
    const hint =
      'Is the cloud up and are your credentials in order? A local one starts with: npx millrace dev';
    return {code: 'UNAVAILABLE', message: error.message, where: undefined, hint};
  }
  const message = error instanceof Error ? error.message : String(error);
  return {code: 'FAILED', message, where: undefined, hint: 'npx millrace --help'};
}

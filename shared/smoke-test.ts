import type {LabelledRows} from './domain/instances.ts';
import {PermanentError} from './errors.ts';
import type {Models} from './model-ports.ts';

/** Asks whoever has the traffic. @throws PermanentError SMOKE_TEST when the model refuses the rows or does not answer each of them */
export async function smokeTest(
  endpoint: string,
  rows: LabelledRows['instances'],
  models: Pick<Models, 'predict'>,
): Promise<void> {
  const options = {
    where: `endpoint ${endpoint}`,
    hint: "Look at the model server's log, then rerun; an earlier version, if there is one, answers again.",
  };
  const {predictions} = await models.predict(endpoint, rows).catch((cause: unknown) => {
    if (!(cause instanceof PermanentError)) throw cause;
    const message = `the model refused test rows: ${cause.message}`;
    throw new PermanentError('SMOKE_TEST', message, {...options, cause});
  });
  if (predictions.length === rows.length) return;
  const message = `the model answered ${predictions.length} predictions for ${rows.length} test rows`;
  throw new PermanentError('SMOKE_TEST', message, options);
}

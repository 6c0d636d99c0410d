import {PermanentError} from '../../errors.ts';
import {type Drift, shiftSentence, structureSentence} from './drift.ts';
import type {DriftRules} from './drift-rules.ts';

const ACCEPT = 'and drop the file again: the run it makes is what later ones are compared with.';

/** @throws PermanentError SCHEMA_DRIFT or DATA_DRIFT when the rules say `fail` */
export function assertNoDrift(drift: Drift, {columns, psi}: DriftRules): void {
  const structure = structureSentence(drift);
  if (columns === 'fail' && structure !== undefined) {
    throw new PermanentError('SCHEMA_DRIFT', structure, {
      hint: `Mend the data; or, if the change is meant, set data.drift.columns to warn ${ACCEPT}`,
    });
  }
  const shift = shiftSentence(drift);
  if (psi === 'fail' && shift !== undefined) {
    throw new PermanentError('DATA_DRIFT', shift, {
      hint: `Look at where the data come from; or, if the change is meant, set data.drift.psi to warn ${ACCEPT}`,
    });
  }
}

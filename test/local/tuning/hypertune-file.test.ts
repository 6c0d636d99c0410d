import assert from 'node:assert/strict';
import {finalReport, readReports, type Selection} from '../../../local/tuning/hypertune-file.ts';

const LAST: Selection = {by: 'last', goal: 'maximize'};

describe('readReports', () => {
  it('reads values and steps written as text, and when they were written', () => {
    const line =
      '{"checkpoint_path": "", "global_step": "10", "rmse": "0.123", "timestamp": 1767225600.5, "trial": "3"}\n';

    assert.deepEqual(readReports(line, 'rmse'), [{value: 0.123, stepCount: '10', timestamp: 1767225600.5}]);
  });

  it('takes step 0 where none is written', () => {
    assert.deepEqual(readReports('{"rmse": "1"}', 'rmse'), [{value: 1, stepCount: '0'}]);
  });

  it('leaves out other metrics, other texts and half a line', () => {
    const text = '{"loss": "1"}\nnull\n7\n\n{"rmse": "2"}\n{"rmse": "3';

    assert.deepEqual(readReports(text, 'rmse'), [{value: 2, stepCount: '0'}]);
  });
});

describe('finalReport', () => {
  it('is the last report', () => {
    assert.deepEqual(finalReport(reports(0.5, 0.9, 0.7), LAST), {value: 0.7, stepCount: '2'});
  });

  it('is the best finite report by the goal when asked for', () => {
    const all = reports(0.5, Number.NaN, 0.9, 0.7, Number.POSITIVE_INFINITY);

    assert.deepEqual(finalReport(all, {by: 'best', goal: 'maximize'}), {value: 0.9, stepCount: '2'});
    assert.deepEqual(finalReport(all, {by: 'best', goal: 'minimize'}), {value: 0.5, stepCount: '0'});
  });

  it('is none without a report', () => {
    assert.equal(finalReport([], LAST), 'The trial reported no metric.');
  });

  it('is none when the last or every value is not finite', () => {
    assert.match(String(finalReport(reports(0.5, Number.NaN), LAST)), /not a finite number/);
    assert.match(
      String(finalReport(reports(Number.NaN), {by: 'best', goal: 'maximize'})),
      /no finite metric/,
    );
  });
});

function reports(...values: number[]) {
  return values.map((value, step) => ({value, stepCount: String(step)}));
}

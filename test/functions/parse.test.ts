import assert from 'node:assert/strict';
import fc from 'fast-check';
import {buildImage} from '../../functions/build-image.ts';
import {completeJob} from '../../functions/complete-job.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {recordFailure} from '../../functions/record-failure.ts';
import {releaseModel} from '../../functions/release-model.ts';
import {splitData} from '../../functions/split-data.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import {deliveryOf, MESSAGE_PUBLISHED, OBJECT_FINALIZED} from '../../shared/domain/events.ts';
import {PermanentError} from '../../shared/errors.ts';
import {published} from '../support/events.ts';
import {erase} from '../support/story.ts';

const RUN = {runId: `r${'0'.repeat(26)}`};
const OBJECT = {bucket: 'the-data', name: 'flowers/data/x.csv', generation: '1767225600000002'};
const LOG_ENTRY = {resource: {labels: {job_id: '1'}}};

/** The stages, each with the body of a message that it understands. */
const STAGES = [
  [erase(receiveData), OBJECT],
  [erase(splitData), RUN],
  [erase(buildImage), RUN],
  [erase(startTuning), {id: 'build-1'}],
  [erase(completeJob), LOG_ENTRY],
  [erase(releaseModel), RUN],
  [erase(recordFailure), RUN],
] as const;

/** The value as it should be, and now and then anything else. */
function nearly<T>(value: T) {
  return fc.oneof({weight: 4, arbitrary: fc.constant(value)}, fc.jsonValue());
}

function nearlyAll<T extends object>(values: T) {
  const leaves = Object.entries(values).map(([name, value]) => [name, nearly(value)]);
  return fc.oneof({weight: 4, arbitrary: fc.record(Object.fromEntries(leaves))}, fc.jsonValue());
}

/** Events that would be right but for a value or two, at any depth. */
function anyEvent(body: object) {
  const data = nearlyAll(body).map((text) => Buffer.from(JSON.stringify(text)).toString('base64'));
  const message = data.chain((encoded) => nearlyAll({data: encoded, attributes: {}}));
  return fc.record({
    id: fc.constant('1'),
    source: fc.constant('//source'),
    specversion: fc.constant('1.0'),
    type: fc.constantFrom(MESSAGE_PUBLISHED, MESSAGE_PUBLISHED, OBJECT_FINALIZED),
    data: fc.oneof(
      message.map((sent) => ({message: sent})),
      nearlyAll(OBJECT),
    ),
  });
}

describe('the parsing of every stage', () => {
  for (const [stage, body] of STAGES) {
    it(`of ${stage.name} understands its own message`, () => {
      assert.doesNotThrow(() => stage.parse(deliveryOf(published('topic', body))));
    });

    it(`of ${stage.name} refuses for good what it does not understand`, () => {
      fc.assert(
        fc.property(anyEvent(body), (event) => {
          try {
            stage.parse(deliveryOf(event));
          } catch (error) {
            assert.ok(error instanceof PermanentError, String(error));
          }
        }),
        {numRuns: 300},
      );
    });
  }
});

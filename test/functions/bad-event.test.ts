import assert from 'node:assert/strict';
import {buildImage} from '../../functions/build-image.ts';
import {completeJob} from '../../functions/complete-job.ts';
import {receiveData} from '../../functions/receive-data.ts';
import {releaseModel} from '../../functions/release-model.ts';
import {splitData} from '../../functions/split-data.ts';
import {startTuning} from '../../functions/start-tuning.ts';
import {assertNothingPaid, assertSays, nextDrop, type Verdict} from '../support/bad-input.ts';
import {finalized, published} from '../support/events.ts';
import {BUCKETS} from '../support/memory-ports.ts';
import {type AnyStage, deliver, erase, pushedWorld} from '../support/story.ts';

interface BadEvent extends Verdict {
  readonly stage?: AnyStage;
  readonly event: unknown;
}

const OBJECT = {bucket: BUCKETS.data, name: 'flowers/data/flowers.csv', generation: '1767225600000002'};
const GOOD = finalized(OBJECT);
const UNKNOWN_RUN = {runId: `r${'0'.repeat(26)}`};

const ENVELOPE = {code: 'ENVELOPE_INVALID', where: /attributes of the event/};
const OF_STORAGE = /event "event-\d+" of "\/\/storage/;
const OF_PUBSUB = /event "message-\d+" of "\/\/pubsub/;

/** A message whose body is what the parameter says, not JSON in base64. */
function raw(message: object) {
  return {...published('run-accepted', {}), data: {message}};
}

const EVENTS: Readonly<Record<string, BadEvent>> = {
  'a request without CloudEvent headers': {...ENVELOPE, event: {bucket: 'b', name: 'n'}, message: /id: /},
  'a request without a body': {...ENVELOPE, event: undefined, message: /expected object/},
  'an empty ce-id': {...ENVELOPE, event: {...GOOD, id: ''}, message: /id: /},
  'specversion 0.3': {...ENVELOPE, event: {...GOOD, specversion: '0.3'}, message: /specversion: .*"1\.0"/},
  'an unknown type': {
    event: {...GOOD, type: 'google.cloud.storage.object.v1.deleted'},
    code: 'EVENT_TYPE',
    message: /expected .*messagePublished, got ".*deleted"/,
    where: OF_STORAGE,
  },
  'a storage event at a stage that reads messages': {
    stage: erase(splitData),
    event: GOOD,
    code: 'EVENT_TYPE',
    message: /expected .*messagePublished, got ".*finalized"/,
    where: OF_STORAGE,
  },
  'a message without data': {
    stage: erase(splitData),
    event: raw({attributes: {}}),
    code: 'PAYLOAD_DECODE',
    message: /not JSON/,
    where: OF_PUBSUB,
  },
  'a message that is not base64 of JSON': {
    stage: erase(splitData),
    event: raw({data: '{"runId"}'}),
    code: 'PAYLOAD_DECODE',
    message: /not JSON/,
    where: OF_PUBSUB,
  },
  'a message with another body': {
    stage: erase(completeJob),
    event: published('job-complete', {resource: {labels: {job_id: '../1'}}}),
    code: 'EVENT_INVALID',
    message: /resource\.labels\.job_id: /,
    where: OF_PUBSUB,
  },
  'a data-ready message without a generation': {
    event: published('data-ready', {bucket: OBJECT.bucket, name: OBJECT.name}),
    code: 'EVENT_INVALID',
    message: /generation: /,
    where: OF_PUBSUB,
  },
  'a name that no object can have': {
    event: published('data-ready', {...OBJECT, name: `flowers/data/${'x'.repeat(2_000_000)}`}),
    code: 'EVENT_INVALID',
    message: /^name: .*at most 1024 bytes/,
    where: OF_PUBSUB,
  },
  'an object of another bucket': {
    event: finalized({...OBJECT, bucket: 'not-ours'}),
    code: 'BUCKET_NOT_ALLOWED',
    message: /gs:\/\/the-data only/,
    where: /^gs:\/\/not-ours\/flowers\/data\/flowers\.csv$/,
  },
  'an object at no known place': {
    event: finalized({...OBJECT, name: 'flowers/uploads/flowers.csv'}),
    code: 'OBJECT_UNKNOWN',
    message: /neither <pipeline>\/pipeline\.yaml nor under/,
    where: /^gs:\/\/the-data\/flowers\/uploads\/flowers\.csv$/,
  },
  'an object outside every pipeline': {
    event: finalized({...OBJECT, name: 'flowers.csv'}),
    code: 'OBJECT_UNKNOWN',
    message: /no pipeline name/,
    where: /flowers\.csv$/,
  },
  'control characters in the name': {
    event: finalized({...OBJECT, name: 'flowers/data/\u001b[2Jflowers\n.csv'}),
    code: 'OBJECT_UNKNOWN',
    message: /control characters/,
    where: /flowers\/data\/\\u\{1b\}\[2Jflowers\\u\{a\}\.csv$/,
  },
};

const GENERATIONS = ['abc', '-1', 1.5, '', '0'];

for (const generation of GENERATIONS) {
  Object.assign(EVENTS, {
    [`generation ${JSON.stringify(generation)}`]: {
      event: finalized({...OBJECT, generation}),
      code: 'EVENT_INVALID',
      message: /generation: /,
      where: OF_STORAGE,
    },
  });
}

for (const stage of [erase(splitData), erase(buildImage), erase(startTuning), erase(releaseModel)]) {
  Object.assign(EVENTS, {
    [`a message to ${stage.name} for an unknown run`]: {
      stage,
      event: published('any', UNKNOWN_RUN),
      code: 'NO_SUCH_RUN',
      message: /there is no run r0{26}/,
      where: /r0{26}/,
    },
  });
}

describe('a bad event', () => {
  for (const [title, {stage = erase(receiveData), event, ...verdict}] of Object.entries(EVENTS)) {
    it(`is rejected and acknowledged: ${title}`, async () => {
      const world = await pushedWorld();

      await deliver(stage, event, world);

      const [reject, ...others] = world.rejects.values();
      assertSays(reject?.complaint, verdict);
      assert.equal(others.length, 0);
      assert.doesNotMatch(reject?.source ?? '', /\p{Cc}/u);
      assert.equal(world.runs.size, 0);
      assertNothingPaid(world);
      assert.equal((await nextDrop(world)).state, 'released');
    });
  }
});

import assert from 'node:assert/strict';
import {join} from 'node:path';
import type {aiplatform_v1} from 'googleapis/build/src/apis/aiplatform/v1.js';
import {appeared} from '../../support/appeared.ts';
import {refused} from '../../support/service-cloud.ts';
import {NUMBERED, PARENT, VertexCloud} from '../support/vertex-cloud.ts';

type PipelineJob = aiplatform_v1.Schema$GoogleCloudAiplatformV1PipelineJob;
type Struct = Record<string, unknown>;

const IMAGES = {
  // Writes "<word>" into the file; with more words they are joined.
  'writer:1': 'file="$1"; shift; printf %s "$*" > "$file"',
  'failing:1': 'echo "out of luck" >&2; exit 3',
  'meeting:1': 'touch "$1"; until test -e "$2"; do sleep 0.05; done; printf %s met > "$3"',
  'same:1': 'test "$2" = "$3" && printf %s right > "$1"',
  'interrupted:1': 'if test -e "$1"; then printf %s x > "$2"; exit; fi; touch "$1"; exec sleep 60',
  'once:1': 'test -e "$1/ran" && exit 9; touch "$1/ran"; printf %s once > "$2"',
  'endless:1': 'touch "$1"; exec sleep 60',
};

const OUT = "{{$.outputs.parameters['word'].output_file}}";

/** A component with the inputs `text` and `other`, both optional, that writes the output `word`. */
function component(image: string, args: string[]): {component: Struct; executor: Struct} {
  const text = {parameterType: 'STRING', isOptional: true, defaultValue: 'nothing'};
  return {
    component: {
      inputDefinitions: {parameters: {text, other: text}},
      outputDefinitions: {parameters: {word: {parameterType: 'STRING'}}},
    },
    executor: {container: {image, args}},
  };
}

interface Step {
  readonly image: string;
  readonly args: string[];
  readonly inputs?: Struct;
  readonly after?: string[];
  readonly more?: Struct;
}

const from = (producerTask: string) => ({
  taskOutputParameter: {producerTask, outputParameterKey: 'word'},
});

function specOf(steps: Record<string, Step>): Struct {
  const parts = Object.entries(steps).map(([name, {image, args}]) => [name, component(image, args)] as const);
  return {
    schemaVersion: '2.1.0',
    pipelineInfo: {name: 'steps'},
    components: Object.fromEntries(
      parts.map(([name, part]) => [`comp-${name}`, {executorLabel: `exec-${name}`, ...part.component}]),
    ),
    deploymentSpec: {
      executors: Object.fromEntries(parts.map(([name, part]) => [`exec-${name}`, part.executor])),
    },
    root: {
      inputDefinitions: {
        parameters: {
          greeting: {parameterType: 'STRING'},
          count: {parameterType: 'NUMBER_INTEGER', isOptional: true, defaultValue: 1},
        },
      },
      dag: {
        tasks: Object.fromEntries(
          Object.entries(steps).map(([name, {inputs = {}, after = [], more = {}}]) => [
            name,
            {
              componentRef: {name: `comp-${name}`},
              dependentTasks: after,
              inputs: {parameters: inputs},
              ...more,
            },
          ]),
        ),
      },
    },
  };
}

const write = (...words: string[]): Pick<Step, 'image' | 'args'> => ({
  image: 'writer:1',
  args: [OUT, ...words],
});

describe('pipeline jobs', () => {
  let cloud: VertexCloud;
  before(async () => {
    cloud = await VertexCloud.open(IMAGES);
  });
  after(() => cloud.close());

  async function create(
    steps: Record<string, Step>,
    changes: Partial<PipelineJob> = {},
    pipelineJobId?: string,
  ) {
    const requestBody = {
      displayName: 'steps',
      pipelineSpec: specOf(steps),
      runtimeConfig: {gcsOutputDirectory: 'gs://runs/out', parameterValues: {greeting: 'hello'}},
      ...changes,
    };
    const request = {parent: PARENT, requestBody, ...(pipelineJobId && {pipelineJobId})};
    return (await cloud.api.pipelineJobs.create(request)).data;
  }

  const get = async ({name}: PipelineJob) => (await cloud.api.pipelineJobs.get({name: name ?? ''})).data;

  async function play(steps: Record<string, Step>): Promise<PipelineJob> {
    const job = await create(steps);
    await cloud.ended(job.name);
    return get(job);
  }

  const statesOf = ({jobDetail}: PipelineJob) =>
    Object.fromEntries(jobDetail?.taskDetails?.map(({taskName, state}) => [taskName, state]) ?? []);

  it('have the id that was asked for, once', async () => {
    const job = await create({say: write('x')}, {}, 'r1-train-1');

    assert.equal(job.name, `${NUMBERED}/pipelineJobs/r1-train-1`);
    assert.equal(job.state, 'PIPELINE_STATE_QUEUED');
    await refused(create({say: write('x')}, {}, 'r1-train-1'), 409, /already exists/);
    await refused(create({say: write('x')}, {}, 'R 1'), 400, /pipelineJobId/);
  });

  it('hand the parameters of the job and the outputs of tasks on', async () => {
    const steps = {
      last: {
        ...write(),
        args: [OUT, "{{$.inputs.parameters['text']}}", "{{$.inputs.parameters['other']}}"],
        inputs: {text: from('first'), other: {runtimeValue: {constant: 'you'}}},
      },
      first: {
        ...write(),
        args: [OUT, "{{$.inputs.parameters['text']}}", 'dear'],
        inputs: {text: {componentInputParameter: 'greeting'}},
      },
      check: {
        image: 'same:1',
        args: [OUT, "{{$.inputs.parameters['text']}}", 'hello dear you'],
        inputs: {text: from('last')},
      },
    };

    const job = await play(steps);

    assert.equal(job.state, 'PIPELINE_STATE_SUCCEEDED', job.error?.message ?? '');
    assert.deepEqual(statesOf(job), {first: 'SUCCEEDED', last: 'SUCCEEDED', check: 'SUCCEEDED'});
  });

  it('run independent tasks at the same time', async () => {
    const [a, b] = [join(cloud.folder, 'met-a'), join(cloud.folder, 'met-b')];

    const job = await play({
      one: {image: 'meeting:1', args: [a, b, OUT]},
      other: {image: 'meeting:1', args: [b, a, OUT]},
    });

    assert.equal(job.state, 'PIPELINE_STATE_SUCCEEDED');
  });

  it('fail with the words of the task that failed, and begin no other', async () => {
    const job = await play({
      bad: {image: 'failing:1', args: []},
      next: {...write('x'), after: ['bad']},
    });

    assert.equal(job.state, 'PIPELINE_STATE_FAILED');
    assert.match(job.error?.message ?? '', /^The task bad failed: .*status of 3\.\nout of luck$/);
    assert.deepEqual(statesOf(job), {bad: 'FAILED', next: 'NOT_TRIGGERED'});
  });

  it('fail when a task leaves an output out', async () => {
    const job = await play({silent: {image: 'writer:1', args: ['/dev/null', 'x']}});

    assert.match(job.error?.message ?? '', /did not write its output parameter word/);
  });

  it('log their end among the events of pipeline jobs', async () => {
    const job = await create({say: write('x')});

    const {resource, logName, jsonPayload} = await cloud.ended(job.name);

    assert.match(logName ?? '', /pipeline_job_events$/);
    assert.equal(resource?.type, 'aiplatform.googleapis.com/PipelineJob');
    assert.equal(jsonPayload?.state, 'PIPELINE_STATE_SUCCEEDED');
  });

  it('end when they are cancelled', async () => {
    const flag = join(cloud.folder, 'endless');
    const job = await create({wait: {image: 'endless:1', args: [flag]}});
    await appeared(flag);

    await cloud.api.pipelineJobs.cancel({name: job.name ?? ''});
    await cloud.ended(job.name);

    assert.equal((await get(job)).state, 'PIPELINE_STATE_CANCELLED');
  });

  it('go on after a restart without running again what has succeeded', async () => {
    const flag = join(cloud.folder, 'second');
    const job = await create({
      first: {image: 'once:1', args: [cloud.folder, OUT]},
      second: {image: 'interrupted:1', args: [flag, OUT], inputs: {text: from('first')}},
    });
    await appeared(flag);
    await cloud.restart();
    await cloud.ended(job.name);

    assert.deepEqual(statesOf(await get(job)), {first: 'SUCCEEDED', second: 'SUCCEEDED'});
  });

  it('are listed by label without their specification', async () => {
    const job = await create({say: write('x')}, {labels: {run: 'r7'}});

    const {data} = await cloud.api.pipelineJobs.list({parent: PARENT, filter: 'labels.run="r7"'});

    assert.deepEqual(
      data.pipelineJobs?.map(({name, pipelineSpec}) => [name, pipelineSpec]),
      [[job.name, undefined]],
    );
  });

  const say = write('x');
  const broken: [string, Record<string, Step>, number, RegExp][] = [
    [
      'a cycle',
      {a: {...say, after: ['b']}, b: {...say, after: ['a']}},
      400,
      /wait for each other: a → b → a/,
    ],
    ['a task after one that is not there', {a: {...say, after: ['b']}}, 400, /no task "b"/],
    ['the output of a task that is not there', {a: {...say, inputs: {text: from('b')}}}, 400, /no task "b"/],
    [
      'a parameter that is not there',
      {a: {...say, inputs: {text: {componentInputParameter: 'name'}}}},
      400,
      /no parameter "name"/,
    ],
    ['a condition', {a: {...say, more: {triggerPolicy: {condition: '1 == 1'}}}}, 501, /triggerPolicy/],
    ['a loop', {a: {...say, more: {parameterIterator: {}}}}, 501, /parameterIterator/],
  ];
  for (const [what, steps, code, message] of broken) {
    it(`are refused with ${what}`, () => refused(create(steps), code, message));
  }

  const odd: [string, Struct, RegExp][] = [
    ['a parameter that the pipeline has not', {greeting: 'x', colour: 'red'}, /no parameter "colour"/],
    ['a parameter of another type', {greeting: 'x', count: 1.5}, /"count" is no NUMBER_INTEGER/],
    ['a parameter missing', {}, /"greeting" has no value/],
  ];
  for (const [what, parameterValues, message] of odd) {
    it(`are refused with ${what}`, () =>
      refused(
        create({say}, {runtimeConfig: {gcsOutputDirectory: 'gs://runs/out', parameterValues}}),
        400,
        message,
      ));
  }

  it('are refused with an unknown field, another schema version, and no output folder', async () => {
    const requestBody = {pipelineSpec: specOf({say}), runtimeConfig: {gcsOutputDirectory: 'gs://runs/out'}};
    const send = (changes: object) =>
      cloud.api.pipelineJobs.create({parent: PARENT, requestBody: {...requestBody, ...changes}});

    await refused(send({machineType: 'x'}), 400, /Unknown name "machineType"/);
    await refused(send({pipelineSpec: {...specOf({say}), schemaVersion: '1.0'}}), 400, /schemaVersion/);
    await refused(send({runtimeConfig: {}}), 400, /gcsOutputDirectory/);
  });

  it('that are not there are not found', () =>
    refused(cloud.api.pipelineJobs.get({name: `${PARENT}/pipelineJobs/none`}), 404, /not found/));
});

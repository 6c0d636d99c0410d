import {join, resolve} from 'node:path';
import {Command, Option} from 'commander';
import {readConfig} from '../../shared/config.ts';
import type {PlatformName} from '../../shared/domain/pipeline.ts';
import type {Run} from '../../shared/domain/run.ts';
import {modelOf, servedBy} from '../../shared/domain/serving.ts';
import {factOf} from '../../shared/find-run.ts';
import {googleCloud} from '../../shared/gateways/google-cloud.ts';
import {platformOf} from '../../shared/platform-of.ts';
import type {Ports} from '../../shared/ports.ts';
import {readInstances} from '../../shared/read-instances.ts';
import {assertFile} from '../assert-file.ts';
import {type DemoPipeline, digits, onAiPlatform, pipelineFor} from '../demo-pipeline.ts';
import {dropFile} from '../drop-file.ts';
import {startLocalProject} from '../local-project.ts';
import {EXIT, type GlobalFlags} from '../output.ts';
import {pushPipeline} from '../push-pipeline.ts';
import {watchRun} from '../watch-run.ts';

const FOLDER = resolve('.millrace', 'demo');
const WORK = join(FOLDER, 'pipelines');
const SHOWN_ROWS = 10;
const ASKED_ROWS = 200;

interface Flags extends GlobalFlags {
  readonly data?: string;
  readonly label?: string;
  readonly platform: PlatformName;
}

export const demo = new Command('demo')
  .description('take a real dataset through the whole path on this machine')
  .option('--data <file>', 'a CSV of your own instead of the handwritten digits')
  .option('--label <column>', 'the column to predict in it')
  .addOption(
    new Option('--platform <name>', 'where the jobs run and the model is served')
      .choices(['vertex', 'ai-platform'])
      .default('vertex'),
  )
  .action(async (_: Flags, command: Command) => {
    const {data, label, platform, json} = command.optsWithGlobals<Flags>();
    if ((data === undefined) !== (label === undefined))
      command.error('error: --data and --label go together');
    const pipeline = await choosePipeline(data, label);
    const moved = platform === 'vertex' ? pipeline : await onAiPlatform(pipeline, WORK);
    return run(moved, stopwatch(json === true));
  });

async function choosePipeline(data: string | undefined, label: string | undefined): Promise<DemoPipeline> {
  if (data === undefined || label === undefined) return digits;
  await assertFile(data);
  return pipelineFor(data, label, WORK);
}

/** Exit code 0 only when the served model answered and beats the majority class. */
async function run({folder, data}: DemoPipeline, say: Say): Promise<void> {
  say('cloud', 'starting the local cloud and bundling the functions');
  const project = await startLocalProject({folder: FOLDER, port: 0});
  try {
    Object.assign(process.env, project.env);
    const ports = googleCloud(readConfig(process.env));
    const {pipeline} = await pushPipeline(folder, ports);
    const {runId, object} = await dropFile(data, pipeline.name, ports);
    say('drop', `${data} → gs://${object.bucket}/${object.name}, run ${runId}`);
    const ended = await follow(runId, ports, say);
    const isGood = (await isAnswered(ended, ports)) && (await ask(ended, ports, say));
    process.exitCode = isGood ? EXIT.done : EXIT.failed;
  } finally {
    await project.close();
  }
}

type Say = (stage: string, text: string) => void;

/** Tells each line with the seconds since the start; as JSON, one document per line. */
function stopwatch(isJson: boolean): Say {
  const start = performance.now();
  return (stage, text) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if (isJson) console.log(JSON.stringify({seconds: Number(seconds), stage, text}));
    else console.log(`${seconds.padStart(6)} s  ${stage.padEnd(8)}  ${text}`);
  };
}

async function follow(runId: string, ports: Ports, say: Say): Promise<Run> {
  const news = watchRun(runId, ports);
  for (;;) {
    const {value, done} = await news.next();
    if (done) return value;
    say(value.stage, value.text);
  }
}

/** Does a model answer: the new one or, when the gate kept it, the champion? */
async function isAnswered(run: Run, ports: Ports): Promise<boolean> {
  if (run.state !== 'rejected') return run.state === 'released';
  const model = modelOf(factOf(run, 'definition').pipeline);
  return (await platformOf(run, ports).models.champion(model)) !== undefined;
}

/** Asks the endpoint about rows that no training has seen, and compares with the most frequent class among them. */
async function ask(run: Run, ports: Ports, say: Say): Promise<boolean> {
  const {pipeline} = factOf(run, 'definition');
  const {instances, labels} = await readInstances(run, ASKED_ROWS, ports);
  const {models} = platformOf(run, ports);
  const {predictions, version} = await models.predict(servedBy(pipeline).endpoint, instances);
  const pairs = labels.map((label, index) => ({label: String(label), predicted: String(predictions[index])}));
  say('predict', `version ${version} on ${SHOWN_ROWS} held-back rows`);
  for (const {label, predicted} of pairs.slice(0, SHOWN_ROWS)) {
    const verdict = label === predicted ? 'right' : 'wrong';
    say('predict', `${pipeline.data.label} ${label}, predicted ${predicted}: ${verdict}`);
  }
  const right = pairs.filter(({label, predicted}) => label === predicted).length;
  const majority = Math.max(
    ...[...Map.groupBy(pairs, ({label}) => label).values()].map(({length}) => length),
  );
  const beats = right > majority;
  say(
    'done',
    `${right} of ${pairs.length} right; always the most frequent class: ${majority}. ${beats ? 'The model beats it.' : 'The model does not beat it.'}`,
  );
  return beats;
}

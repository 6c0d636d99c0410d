import {rm} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {Command, Option} from 'commander';
import type {PlatformName} from '../../shared/domain/pipeline.ts';
import type {Run} from '../../shared/domain/run.ts';
import {modelOf, servedBy} from '../../shared/domain/serving.ts';
import {factOf} from '../../shared/find-run.ts';
import {platformOf} from '../../shared/platform-of.ts';
import type {Ports} from '../../shared/ports.ts';
import {readInstances} from '../../shared/read-instances.ts';
import {assertFile} from '../assert-file.ts';
import {type DemoPipeline, digits, onAiPlatform, pipelineFor, withoutMinimum} from '../demo-pipeline.ts';
import {dropFile} from '../drop-file.ts';
import {followRun} from '../follow-run.ts';
import {startLocalProject} from '../local-project.ts';
import {EXIT, type GlobalFlags} from '../output.ts';
import {portsFromEnvironment, rerunFromEnvironment} from '../ports.ts';
import {pushPipeline} from '../push-pipeline.ts';
import {type Say, stopwatch} from '../stopwatch.ts';
import {endedAsTold, tellReleases} from '../tell-releases.ts';

const FOLDER = resolve('.millrace', 'demo');
const WORK = join(FOLDER, 'pipelines');
/** Begins anew each time: a first version needs a pipeline that has none. */
const RELEASES_FOLDER = resolve('.millrace', 'demo-releases');
const SHOWN_ROWS = 10;
const ASKED_ROWS = 200;

interface Flags extends GlobalFlags {
  readonly data?: string;
  readonly label?: string;
  readonly platform: PlatformName;
  readonly releases?: true;
}

export const demo = new Command('demo')
  .description('take a real dataset through the whole path on this machine')
  .option('--data <file>', 'a CSV of your own instead of the handwritten digits')
  .option('--label <column>', 'the column to predict in it')
  .addOption(
    new Option('--releases', 'instead: better data, worse data, and a roll-back').conflicts([
      'data',
      'label',
    ]),
  )
  .addOption(
    new Option('--platform <name>', 'where the jobs run and the model is served')
      .choices(['vertex', 'ai-platform'])
      .default('vertex'),
  )
  .action(async (_: Flags, command: Command) => {
    const {data, label, platform, json, releases} = command.optsWithGlobals<Flags>();
    if ((data === undefined) !== (label === undefined))
      command.error('error: --data and --label go together');
    const pipeline = await choosePipeline(data, label);
    const moved = platform === 'vertex' ? pipeline : await onAiPlatform(pipeline, WORK);
    const say = stopwatch(json === true);
    return releases ? showReleases(moved, say) : showRun(moved, say);
  });

async function choosePipeline(data: string | undefined, label: string | undefined): Promise<DemoPipeline> {
  if (data === undefined || label === undefined) return digits;
  await assertFile(data);
  return pipelineFor(data, label, WORK);
}

/** Exit code 0 only when the served model answered and beats the majority class. */
function showRun({folder, data}: DemoPipeline, say: Say): Promise<void> {
  return onLocalCloud(FOLDER, say, async () => {
    const ports = portsFromEnvironment();
    const {pipeline} = await pushPipeline(folder, ports);
    const {runId, object} = await dropFile(data, pipeline.name, ports);
    say('drop', `${data} → gs://${object.bucket}/${object.name}, run ${runId}`);
    const ended = await followRun(runId, ports, ({stage, text}) => say(stage, text));
    return (await isAnswered(ended, ports)) && (await ask(ended, ports, say));
  });
}

/** Exit code 0 only when each act ended as its title says. */
async function showReleases(pipeline: DemoPipeline, say: Say): Promise<void> {
  await rm(RELEASES_FOLDER, {recursive: true, force: true});
  return onLocalCloud(RELEASES_FOLDER, say, async () => {
    const theatre = {ports: portsFromEnvironment(), rerun: rerunFromEnvironment(), say};
    const compared = await withoutMinimum(pipeline, WORK);
    return endedAsTold(await tellReleases(compared, join(RELEASES_FOLDER, 'drops'), theatre));
  });
}

/** Exit code 0 only when the show was good. */
async function onLocalCloud(folder: string, say: Say, show: () => Promise<boolean>): Promise<void> {
  say('cloud', 'starting the local cloud and bundling the functions');
  const project = await startLocalProject({folder, port: 0});
  try {
    Object.assign(process.env, project.env);
    process.exitCode = (await show()) ? EXIT.done : EXIT.failed;
  } finally {
    await project.close();
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

import {randomUUID} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {crowningsOf, rollBackTo} from '../shared/domain/champions.ts';
import type {Run} from '../shared/domain/run.ts';
import {modelOf, servedBy} from '../shared/domain/serving.ts';
import {factOf} from '../shared/find-run.ts';
import type {RerunClient} from '../shared/gateways/rerun-client.ts';
import {platformOf} from '../shared/platform-of.ts';
import type {Ports} from '../shared/ports.ts';
import {readInstances} from '../shared/read-instances.ts';
import type {DemoPipeline} from './demo-pipeline.ts';
import {dropFile} from './drop-file.ts';
import {followRun} from './follow-run.ts';
import {pushPipeline} from './push-pipeline.ts';
import {firstRows, withShuffledLabels} from './release-data.ts';
import type {Say} from './stopwatch.ts';

const FEW_ROWS = 300;
const SHUFFLED_SHARE = 0.3;
const ASKED_ROWS = 200;

/** What one act has ended with, and what the endpoint answered after it. */
export interface Act {
  readonly run: Run;
  readonly champion: string | undefined;
  /** The version that answered. */
  readonly version: string;
  /** How many of the rows that no training has seen it got right. */
  readonly right: number;
  readonly asked: number;
}

interface Theatre {
  readonly ports: Ports;
  readonly rerun: RerunClient;
  readonly say: Say;
}

/**
 * A pipeline's first model, a better one, one of spoilt data that the gate keeps out, and the first one brought back: the four acts
 * in this order. The pipeline must not have released anything yet.
 * @param work where the three files to drop are written
 */
export async function tellReleases(pipeline: DemoPipeline, work: string, theatre: Theatre): Promise<Act[]> {
  const {name} = (await pushPipeline(pipeline.folder, theatre.ports)).pipeline;
  const files = await writeDrops(pipeline.data, work);
  const drop = async (title: string, file: string): Promise<Run> => {
    theatre.say('act', title);
    const {runId} = await dropFile(file, name, theatre.ports);
    return follow(runId, theatre);
  };
  const few = await drop(`a first model, of the first ${FEW_ROWS} rows`, files.few);
  const first = await ask(few, few, theatre);
  const all = await drop('better data: all rows', files.all);
  const second = await ask(all, all, theatre);
  const spoilt = await drop(`worse data: ${SHUFFLED_SHARE * 100} % of the labels shuffled`, files.shuffled);
  const third = await ask(spoilt, all, theatre);
  const fourth = await ask(await rollBack(name, theatre), all, theatre);
  await tellChampions(name, theatre);
  return [first, second, third, fourth];
}

/** Has each act ended as its title says? What a version is called is the platform's affair. */
export function endedAsTold(acts: readonly Act[]): boolean {
  const versions = [...new Set(acts.map(({version}) => version))];
  const ends = acts.map(({run, version}) => `${run.state} ${versions.indexOf(version) + 1}`);
  return ends.join() === 'released 1,released 2,rejected 2,released 1';
}

async function writeDrops(data: string, work: string): Promise<Record<'few' | 'all' | 'shuffled', string>> {
  const csv = await readFile(data, 'utf8');
  const files = {few: join(work, 'few.csv'), all: data, shuffled: join(work, 'shuffled.csv')};
  await mkdir(work, {recursive: true});
  await writeFile(files.few, firstRows(csv, FEW_ROWS));
  await writeFile(files.shuffled, withShuffledLabels(csv, SHUFFLED_SHARE));
  return files;
}

async function rollBack(pipeline: string, theatre: Theatre): Promise<Run> {
  const {ports, rerun, say} = theatre;
  say('act', 'the version before, brought back');
  const {run: released} = rollBackTo(crowningsOf(await ports.runs.releases(pipeline)));
  const reason = 'the demo wants the first one back';
  const {run} = await rerun.ask({action: 'rollback', run: released, reason}, randomUUID());
  return follow(run, theatre);
}

function follow(runId: string, {ports, say}: Theatre): Promise<Run> {
  return followRun(runId, ports, ({stage, text}) => say(stage, text));
}

/** Asks the endpoint about rows that a run has held back. */
async function ask(run: Run, holder: Run, {ports, say}: Theatre): Promise<Act> {
  const {pipeline} = factOf(holder, 'definition');
  const {models} = platformOf(holder, ports);
  const {instances, labels} = await readInstances(holder, ASKED_ROWS, ports);
  const {predictions, version} = await models.predict(servedBy(pipeline).endpoint, instances);
  const right = predictions.filter(
    (prediction, index) => String(prediction) === String(labels[index]),
  ).length;
  say('predict', `version ${version} answers, ${right} of ${labels.length} held-back rows right`);
  const champion = (await models.champion(modelOf(pipeline)))?.version;
  return {run, champion, version, right, asked: labels.length};
}

async function tellChampions(pipeline: string, {ports, say}: Theatre): Promise<void> {
  for (const {version, at, sentence} of crowningsOf(await ports.runs.releases(pipeline)))
    say('versions', `${version} since ${at}: ${sentence}`);
}

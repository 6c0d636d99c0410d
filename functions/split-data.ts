import {findOutcome, sealedSource, splitFolder, startBigSplit} from '../shared/big-split.ts';
import {estimateOf} from '../shared/domain/estimate.ts';
import {messageOf, runMessageSchema} from '../shared/domain/events.ts';
import {sha256Hex} from '../shared/domain/ids.ts';
import {isTerminal, type Run, type RunFacts} from '../shared/domain/run.ts';
import {type Outcome, refusalOf} from '../shared/domain/split/bigquery-request.ts';
import {assertNoObstacle} from '../shared/domain/split/input-obstacle.ts';
import type {Manifest} from '../shared/domain/split/manifest.ts';
import {assertSealableSize} from '../shared/domain/split/size-limit.ts';
import {inputUri, type TableSnapshot, tableOf} from '../shared/domain/table.ts';
import {PermanentError} from '../shared/errors.ts';
import {findBaseline} from '../shared/find-baseline.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import type {Stage} from '../shared/handle.ts';
import type {ObjectInfo} from '../shared/object-ports.ts';
import type {Ports} from '../shared/ports.ts';
import {readDefinition} from '../shared/read-definition.ts';
import {readManifest} from '../shared/read-manifest.ts';
import {sealSplit} from '../shared/seal-split.ts';
import {splitObject} from '../shared/split-object.ts';

interface Input {
  readonly runId: string;
}

interface Known {
  readonly run: Run;
  readonly source: ObjectInfo | TableSnapshot | undefined;
  readonly definition: RunFacts['definition'];
  readonly baseline: RunFacts['baseline'];
  /** Larger objects are split in BigQuery, as tables are. */
  readonly inlineBytes: number;
  /** What BigQuery's part of the work came to; undefined until it has ended. */
  readonly outcome: Outcome | undefined;
}

/** What the split is made of and by. */
interface Task {
  readonly run: Run;
  readonly source: ObjectInfo | TableSnapshot;
  readonly definition: NonNullable<RunFacts['definition']>;
  readonly baseline: RunFacts['baseline'];
}

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'announce'; readonly runId: string}
  | ({readonly kind: 'split'} & Task & {readonly source: ObjectInfo})
  | ({readonly kind: 'split-in-bigquery'} & Task)
  | ({readonly kind: 'seal'} & Task & {readonly staged: NonNullable<Manifest['staged']>});

/**
 * A run was accepted: its records are split reproducibly into training, validation and test objects, the manifest last.
 * More than one function can do is split in BigQuery: this function starts that, and makes the parts when it has ended.
 */
export const splitData: Stage<Input, Known, Plan> = {
  name: 'split-data',

  parse: (delivery) => messageOf(runMessageSchema, delivery).body,

  async load({runId}, ports) {
    const run = await findRun(runId, ports);
    const known = {run, definition: undefined, baseline: undefined, outcome: undefined, source: undefined};
    const {inlineBytes} = ports.sources;
    if (run.state !== 'received' && run.state !== 'splitting') return {...known, inlineBytes};
    const {bucket, name, generation} = run.input;
    const source = tableOf(run.input) ?? (await ports.objects.find(bucket, name, generation));
    const outcome = await findOutcome(run, ports);
    if (run.definition !== undefined)
      return {run, source, definition: run.definition, baseline: run.baseline, inlineBytes, outcome};
    const definition = await readDefinition(run, ports);
    const baseline = await findBaseline(run.pipeline, ports);
    return {run, source, definition, baseline, inlineBytes, outcome};
  },

  plan({runId}, {run, source, definition, baseline, inlineBytes, outcome}) {
    if (run.state === 'split') return {kind: 'announce', runId};
    if (isTerminal(run.state) || definition === undefined) return {kind: 'skip', why: `run is ${run.state}`};
    const where = inputUri(run.input);
    if (source === undefined) {
      throw new PermanentError('INPUT_GONE', 'the data file was deleted or replaced before it was split', {
        where,
        hint: 'Drop the file again; a replaced one has started a run of its own.',
      });
    }
    const task = {run, source, definition, baseline};
    // Once in BigQuery, always in BigQuery: the limit may be another one meanwhile.
    if (outcome?.state === 'failed') throw refusalOf(outcome, where);
    if (outcome !== undefined) return {kind: 'seal', ...task, staged: outcome.parts};
    if ('sizeBytes' in source) {
      assertNoObstacle(source.obstacle, where);
      if (source.sizeBytes <= inlineBytes) return {kind: 'split', ...task, source};
      assertSealableSize(source.sizeBytes, where);
    }
    return {kind: 'split-in-bigquery', ...task};
  },

  async perform(plan, ports) {
    switch (plan.kind) {
      case 'skip':
        return;
      case 'announce':
        return ports.messages.publish('split-ready', {runId: plan.runId});
      case 'split-in-bigquery':
        return startBigSplit({...plan, pipeline: (await begin(plan, ports)).definition.pipeline}, ports);
      case 'split':
      case 'seal':
        return split(plan, ports);
      default:
        return plan satisfies never;
    }
  },
};

async function split(plan: Plan & {kind: 'split' | 'seal'}, ports: Ports): Promise<void> {
  const {run} = plan;
  const {definition, baseline} = await begin(plan, ports);
  const bucket = ports.buckets.runs;
  const folder = splitFolder(run);
  const {pipeline, digest} = definition;
  const request = {
    definition: {data: pipeline.data, split: pipeline.split},
    definitionDigest: digest,
    bucket,
    folder,
    baseline: baseline && {...baseline, profile: (await readManifest(baseline.manifest, ports))?.profile},
  };
  const manifest =
    plan.kind === 'split'
      ? await splitObject({...request, source: plan.source}, ports.objects)
      : await sealSplit(
          {...request, ...(await sealedSource(plan, ports)), staged: plan.staged},
          ports.objects,
        );
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const written = await ports.objects.create(bucket, `${folder}/manifest.json`, text);
  await ports.runs.advance(run.id, 'split', {
    split: factsOf(manifest, `gs://${bucket}/${written.name}`, text, bucket),
  });
  await ports.messages.publish('split-ready', {runId: run.id});
}

type Beginning = Pick<Task, 'definition' | 'baseline'>;

/** Writes down what the split is made by; when another delivery did so first, its choice holds. */
async function begin({run, definition, baseline}: Task, ports: Ports): Promise<Beginning> {
  const market = {prices: ports.prices, region: ports.place.region};
  const estimate = estimateOf(definition.pipeline, 'split', market);
  const facts = {definition, estimate, ...(baseline && {baseline})};
  const moved = await ports.runs.advance(run.id, 'splitting', facts);
  if (moved === 'moved') return {definition, baseline};
  const begun = await findRun(run.id, ports);
  return {definition: factOf(begun, 'definition'), baseline: begun.baseline};
}

function factsOf(
  manifest: Manifest,
  uri: string,
  text: string,
  bucket: string,
): NonNullable<RunFacts['split']> {
  const {parts, columns, rejects, labelTest, warnings} = manifest;
  const part = ({object, rows}: {object: string; rows: number}) => ({uri: `gs://${bucket}/${object}`, rows});
  return {
    manifest: uri,
    manifestSha256: sha256Hex(text),
    columns: [...columns],
    parts: {training: part(parts.training), validation: part(parts.validation), test: part(parts.test)},
    rejected: rejects.rows,
    labelSentence: labelTest.sentence,
    ...(warnings.length > 0 && {warnings: [...warnings]}),
  };
}

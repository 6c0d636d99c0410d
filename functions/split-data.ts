import {messageOf, runMessageSchema} from '../shared/domain/events.ts';
import {sha256Hex} from '../shared/domain/ids.ts';
import {isTerminal, type Run, type RunFacts} from '../shared/domain/run.ts';
import {runFolder} from '../shared/domain/run-folder.ts';
import type {Manifest} from '../shared/domain/split/manifest.ts';
import {assertReadableSize} from '../shared/domain/split/size-limit.ts';
import {PermanentError} from '../shared/errors.ts';
import {findBaseline} from '../shared/find-baseline.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import type {Stage} from '../shared/handle.ts';
import {assertPipelineSize, parsePipeline} from '../shared/pipeline-file.ts';
import type {ObjectInfo, Ports} from '../shared/ports.ts';
import {readManifest} from '../shared/read-manifest.ts';
import {splitObject} from '../shared/split-object.ts';

interface Input {
  readonly runId: string;
}

interface Known {
  readonly run: Run;
  readonly source: ObjectInfo | undefined;
  readonly definition: RunFacts['definition'];
  readonly baseline: RunFacts['baseline'];
}

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'announce'; readonly runId: string}
  | {
      readonly kind: 'split';
      readonly run: Run;
      readonly source: ObjectInfo;
      readonly definition: NonNullable<RunFacts['definition']>;
      readonly baseline: RunFacts['baseline'];
    };

/** A run was accepted: its object is split reproducibly into training, validation and test objects, the manifest last. */
export const splitData: Stage<Input, Known, Plan> = {
  name: 'split-data',

  parse: (delivery) => messageOf(runMessageSchema, delivery).body,

  async load({runId}, ports) {
    const run = await findRun(runId, ports);
    if (run.state !== 'received' && run.state !== 'splitting')
      return {run, source: undefined, definition: undefined, baseline: undefined};
    const {bucket, name, generation} = run.input;
    const source = await ports.objects.find(bucket, name, generation);
    if (run.definition !== undefined)
      return {run, source, definition: run.definition, baseline: run.baseline};
    const definition = await readDefinition(run, ports);
    return {run, source, definition, baseline: await findBaseline(run.pipeline, ports)};
  },

  plan({runId}, {run, source, definition, baseline}) {
    if (run.state === 'split') return {kind: 'announce', runId};
    if (isTerminal(run.state) || definition === undefined) return {kind: 'skip', why: `run is ${run.state}`};
    const {bucket, name, generation} = run.input;
    const where = `gs://${bucket}/${name}#${generation}`;
    if (source === undefined) {
      throw new PermanentError('INPUT_GONE', 'the data file was deleted or replaced before it was split', {
        where,
        hint: 'Drop the file again; a replaced one has started a run of its own.',
      });
    }
    assertReadableSize(source.sizeBytes, where);
    return {kind: 'split', run, source, definition, baseline};
  },

  async perform(plan, ports) {
    if (plan.kind === 'split') await split(plan, ports);
    if (plan.kind === 'announce') await ports.messages.publish('split-ready', {runId: plan.runId});
  },
};

async function split(plan: Plan & {kind: 'split'}, ports: Ports): Promise<void> {
  const {run, source} = plan;
  const {definition, baseline} = await begin(plan, ports);
  const bucket = ports.buckets.runs;
  const folder = `${runFolder(run)}/split`;
  const {pipeline, digest} = definition;
  const manifest = await splitObject(
    {
      source,
      definition: {data: pipeline.data, split: pipeline.split},
      definitionDigest: digest,
      bucket,
      folder,
      baseline: baseline && {...baseline, profile: (await readManifest(baseline.manifest, ports))?.profile},
    },
    ports.objects,
  );
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const written = await ports.objects.create(bucket, `${folder}/manifest.json`, text);
  await ports.runs.advance(run.id, 'split', {
    split: factsOf(manifest, `gs://${bucket}/${written.name}`, text, bucket),
  });
  await ports.messages.publish('split-ready', {runId: run.id});
}

type Beginning = Pick<Plan & {kind: 'split'}, 'definition' | 'baseline'>;

/** Writes down what the split is made by; when another delivery did so first, its choice holds. */
async function begin({run, definition, baseline}: Plan & {kind: 'split'}, ports: Ports): Promise<Beginning> {
  const facts = {definition, ...(baseline && {baseline})};
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

/** Reads the pipeline's definition as it is now; from here on the run keeps this one. */
async function readDefinition(
  {pipeline: folder, input}: Run,
  ports: Ports,
): Promise<NonNullable<RunFacts['definition']>> {
  const where = `gs://${input.bucket}/${folder}/pipeline.yaml`;
  const file = await ports.objects.find(input.bucket, `${folder}/pipeline.yaml`);
  if (file === undefined) {
    throw new PermanentError('CONFIG_MISSING', `pipeline "${folder}" has no pipeline.yaml`, {
      where,
      hint: 'Upload the pipeline with "millrace push DIR", then drop the file again.',
    });
  }
  assertPipelineSize(file.sizeBytes, where);
  const {digest, pipeline} = parsePipeline(await ports.objects.readText(file), where);
  if (pipeline.name === folder) return {digest, pipeline};
  throw new PermanentError(
    'CONFIG_INVALID',
    `name is "${pipeline.name}", but the file lies in the folder of pipeline "${folder}"`,
    {
      where,
      hint: 'Make name and folder the same.',
    },
  );
}

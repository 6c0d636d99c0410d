import {Readable} from 'node:stream';
import {setTimeout as pause} from 'node:timers/promises';
import type {BatchJob, BatchPredictions} from '../shared/batch-ports.ts';
import {batchInputOf} from '../shared/domain/batch-input.ts';
import {batchIdOf} from '../shared/domain/ids.ts';
import type {Question} from '../shared/domain/question.ts';
import {readQuestions} from '../shared/domain/read-questions.ts';
import {servingOf} from '../shared/domain/serving.ts';
import {assertNoObstacle} from '../shared/domain/split/input-obstacle.ts';
import {PermanentError} from '../shared/errors.ts';
import {type Champion, findChampion} from '../shared/find-champion.ts';
import type {ObjectInfo} from '../shared/object-ports.ts';
import type {Ports} from '../shared/ports.ts';

const POLL_MS = 1000;
const PIECE_CHARACTERS = 65_536;

export interface Batch {
  readonly job: BatchJob;
  readonly version: string;
  /** `gs://` folder beside the input, in which the service makes one for the results. */
  readonly folder: string;
  /** Why the job before this one came to nothing. */
  readonly earlier?: string;
}

/**
 * Asks the champion of a pipeline about every row of an object; the same version is not asked about the same generation again,
 * unless that came to nothing. All rows are checked before a machine is paid.
 * @throws PermanentError BATCH_PLACE, BATCH_NOT_OFFERED, BUCKET_NOT_ALLOWED, NOTHING_SERVED, OBJECT_NOT_FOUND, INPUT_ENCRYPTED, INPUT_CLASS,
 * or as `readQuestions`
 */
export async function predictBatch(name: string, uri: string, ports: Ports): Promise<Batch> {
  const place = batchInputOf(uri, name, ports.buckets);
  const champion = await findChampion(name, ports);
  const batches = batchesOf(champion);
  const object = await ports.objects.find(place.bucket, place.name);
  if (object === undefined) {
    const hint = 'Upload it, or correct the name: gcloud storage ls shows what is there.';
    throw new PermanentError('OBJECT_NOT_FOUND', 'There is no such object.', {where: uri, hint});
  }
  assertNoObstacle(object.obstacle, uri);
  const key = batchIdOf(object, champion.version.name);
  const batch = {version: champion.version.version, folder: `${uri}.predictions`};
  const found = await batches.findByKey(key);
  if (found !== undefined && found.state !== 'failed' && found.state !== 'cancelled')
    return {...batch, job: found};
  const instances = await writeInstances(object, `${place.name}.predictions/${key}.jsonl`, champion, ports);
  const {pipeline} = champion;
  const job = await batches.start({
    key,
    version: champion.version.name,
    instancesUri: `gs://${instances.bucket}/${instances.name}`,
    outputUri: batch.folder,
    machineType: servingOf(pipeline)?.machineType ?? pipeline.train.machineType,
  });
  return {...batch, job, ...(found && {earlier: found.why ?? found.state})};
}

/** The batch once its job has ended. @throws PermanentError BATCH_FAILED unless it ended well */
export async function followBatch(name: string, batch: Batch, ports: Ports): Promise<Batch> {
  const batches = batchesOf(await findChampion(name, ports));
  for (;;) {
    const job = await batches.find(batch.job.name);
    if (job?.state === 'succeeded') return {...batch, job};
    if (job === undefined || job.state === 'failed' || job.state === 'cancelled') {
      const why = job?.why ?? `it is ${job?.state ?? 'gone'}`;
      throw new PermanentError('BATCH_FAILED', `The batch prediction came to nothing: ${why}`, {
        where: batch.job.name,
        hint: 'Remove the cause, then type the command again, which starts another job.',
      });
    }
    await pause(POLL_MS);
  }
}

function batchesOf({platform, pipeline}: Champion): BatchPredictions {
  if (platform.batches !== undefined) return platform.batches;
  const message = `${pipeline.platform} predicts in batches with TensorFlow models only`;
  throw new PermanentError('BATCH_NOT_OFFERED', message, {
    where: 'platform of pipeline.yaml',
    hint: 'Ask for fewer rows at once with "millrace predict PIPELINE FILE", or use vertex.',
  });
}

/**
 * Writes the rows as the service takes them, a list of values to a line. It would read CSV only with all text in quotes, nothing zipped,
 * and would ask about the label, too.
 */
async function writeInstances(
  object: ObjectInfo,
  name: string,
  {inputs, pipeline}: Champion,
  {objects}: Ports,
): Promise<ObjectInfo> {
  const rows = readQuestions(await objects.read(object), pipeline.data.delimiter, inputs);
  return objects.create(object.bucket, name, Readable.from(linesOf(rows), {objectMode: false}));
}

async function* linesOf(rows: AsyncIterable<Question>): AsyncGenerator<string> {
  let piece = '';
  for await (const {values} of rows) {
    piece += `${JSON.stringify(values)}\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

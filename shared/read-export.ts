import {type Evaluation, evaluationSchema} from './domain/gate/evaluation.ts';
import {doubledMetric, impossibleMetric} from './domain/gate/metric-faults.ts';
import {parseGcsUri} from './domain/run-folder.ts';
import {PermanentError} from './errors.ts';
import type {Ports} from './ports.ts';

const MAX_EVALUATION_BYTES = 1024 * 1024;
/** More than the prebuilt servers take. */
const MAX_MODEL_BYTES = 10 * 1024 ** 3;
const HINT = 'The trainer must write its model and then evaluation.json into AIP_MODEL_DIR.';

/**
 * Reads what the trainer says of its export, and checks that the model it speaks of is there with that size.
 * @param modelDir `gs://` folder ending in `/`
 * @throws PermanentError EXPORT_MISSING, EXPORT_INVALID, EXPORT_SIZE, METRIC_DUPLICATE, METRIC_RANGE
 */
export async function readExport(modelDir: string, ports: Ports): Promise<Evaluation> {
  const {bucket, name: folder} = parseGcsUri(modelDir) ?? {bucket: ports.buckets.runs, name: ''};
  const file = await ports.objects.find(bucket, `${folder}evaluation.json`);
  if (file === undefined) {
    throw new PermanentError('EXPORT_MISSING', 'the training job succeeded but wrote no evaluation.json', {
      where: modelDir,
      hint: HINT,
    });
  }
  if (file.sizeBytes > MAX_EVALUATION_BYTES) {
    throw new PermanentError(
      'EXPORT_INVALID',
      `evaluation.json has ${file.sizeBytes} bytes, at most 1 MiB is read`,
      {where: modelDir, hint: HINT},
    );
  }
  const evaluation = parseEvaluation(await ports.objects.readText(file), modelDir);
  const model = await ports.objects.find(bucket, `${folder}${evaluation.model.file}`);
  if (model !== undefined) assertModelSize(model.sizeBytes, modelDir);
  if (model?.sizeBytes !== evaluation.model.bytes) {
    const message = `evaluation.json speaks of ${evaluation.model.file} with ${evaluation.model.bytes} bytes, found ${model?.sizeBytes ?? 'no such object'}`;
    throw new PermanentError('EXPORT_INVALID', message, {where: modelDir, hint: HINT});
  }
  return evaluation;
}

/** @throws PermanentError EXPORT_SIZE */
function assertModelSize(bytes: number, where: string): void {
  if (bytes > 0 && bytes <= MAX_MODEL_BYTES) return;
  const message =
    bytes === 0 ? 'the model has 0 bytes' : `the model has ${bytes} bytes, at most 10 GiB are served`;
  throw new PermanentError('EXPORT_SIZE', message, {
    where,
    hint: 'Make the trainer write its whole model, and no more.',
  });
}

/**
 * Reads the model file once, to see that it is the one that was scored.
 * @throws PermanentError EXPORT_DIGEST
 */
export async function assertModelDigest({model}: Evaluation, modelDir: string, ports: Ports): Promise<void> {
  const {bucket, name: folder} = parseGcsUri(modelDir) ?? {bucket: ports.buckets.runs, name: ''};
  const file = await ports.objects.find(bucket, `${folder}${model.file}`);
  const found = file && (await ports.objects.sha256(file));
  if (found === model.sha256) return;
  const message = `${model.file} is not the model that was scored: its SHA-256 is ${found ?? 'that of no object'}, evaluation.json says ${model.sha256}`;
  throw new PermanentError('EXPORT_DIGEST', message, {where: modelDir, hint: HINT});
}

/** @throws PermanentError EXPORT_INVALID, METRIC_DUPLICATE, METRIC_RANGE */
function parseEvaluation(text: string, where: string): Evaluation {
  const parsed = evaluationSchema.safeParse(parseJson(text, where));
  if (parsed.success) {
    assertMetrics(parsed.data, text, where);
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new PermanentError(
    'EXPORT_INVALID',
    `evaluation.json: ${issue?.path.join('.') || 'file'}: ${issue?.message}`,
    {where, hint: HINT},
  );
}

function assertMetrics(evaluation: Evaluation, text: string, where: string): void {
  const doubled = doubledMetric(text);
  if (doubled !== undefined)
    throw new PermanentError('METRIC_DUPLICATE', `evaluation.json has the metric ${doubled} twice`, {
      where,
      hint: 'Give each metric a name of its own.',
    });
  const impossible = impossibleMetric(evaluation);
  if (impossible === undefined) return;
  const [name, value] = impossible;
  throw new PermanentError('METRIC_RANGE', `evaluation.json says ${name} ${value}, which is no share`, {
    where,
    hint: 'Correct the trainer, or give another measure another name.',
  });
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PermanentError('EXPORT_INVALID', `evaluation.json is not JSON: ${String(cause)}`, {
      where,
      hint: 'JSON has no NaN and no Infinity: leave out a metric that is not a number.',
      cause,
    });
  }
}

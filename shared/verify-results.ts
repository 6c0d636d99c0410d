import {sha256Hex} from './domain/ids.ts';
import type {Run, RunFacts} from './domain/run.ts';
import {parseGcsUri} from './domain/run-folder.ts';
import {manifestSchema} from './domain/split/manifest.ts';
import {PermanentError} from './errors.ts';
import type {ObjectInfo} from './object-ports.ts';
import type {Ports} from './ports.ts';
import {readExport} from './read-export.ts';

/**
 * Checks that the results a rerun takes over are still what the earlier run has left, byte for byte.
 * @throws PermanentError STAGE_INPUT_MISSING
 */
export async function verifyResults(run: Run, facts: RunFacts, ports: Ports): Promise<void> {
  const {split, image, training} = facts;
  if (split !== undefined) await verifySplit(run.id, split, ports);
  if (image !== undefined) await verifyImage(run.id, image, ports);
  if (training !== undefined) await verifyModel(run.id, training, ports);
}

async function verifySplit(runId: string, split: NonNullable<Run['split']>, ports: Ports): Promise<void> {
  const file = await findObject(split.manifest, ports);
  const text = file && (await ports.objects.readText(file));
  if (text === undefined || sha256Hex(text) !== split.manifestSha256)
    throw inputMissing(runId, 'the manifest of the split is gone or was changed', split.manifest);
  const {parts} = manifestSchema.parse(JSON.parse(text));
  for (const part of Object.values(parts)) {
    const uri = `gs://${file?.bucket}/${part.object}`;
    const found = await findObject(uri, ports);
    if (found?.crc32c !== part.crc32c)
      throw inputMissing(runId, 'a part of the split is gone or was changed', uri);
  }
}

/** An image is pinned by its digest; the registry must still have it under its tag. */
async function verifyImage(
  runId: string,
  {uri, tag}: NonNullable<Run['image']>,
  ports: Ports,
): Promise<void> {
  const digest = await ports.builds.findImage(tag);
  if (digest === undefined || !uri.endsWith(`@${digest}`))
    throw inputMissing(runId, 'the trainer image is gone or was built anew', uri);
}

async function verifyModel(
  runId: string,
  {modelDir}: NonNullable<Run['training']>,
  ports: Ports,
): Promise<void> {
  const {model} = await readExport(modelDir, ports).catch((cause: unknown) => {
    throw cause instanceof PermanentError ? inputMissing(runId, cause.message, modelDir) : cause;
  });
  const uri = `${modelDir}${model.file}`;
  const file = await findObject(uri, ports);
  if (file === undefined || (await ports.objects.sha256(file)) !== model.sha256)
    throw inputMissing(runId, 'the model is gone or was changed', uri);
}

function findObject(uri: string, ports: Ports): Promise<ObjectInfo | undefined> {
  const {bucket, name} = parseGcsUri(uri) ?? {bucket: ports.buckets.runs, name: uri};
  return ports.objects.find(bucket, name);
}

/** A stage of an earlier run has not left what a rerun would take over. */
export function inputMissing(runId: string, message: string, where: string): PermanentError {
  return new PermanentError('STAGE_INPUT_MISSING', message, {
    where,
    hint: `Rerun ${runId} from an earlier stage, which makes it again.`,
  });
}

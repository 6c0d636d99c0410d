import {type CompiledPipeline, parseCompiledPipeline} from './domain/compiled-pipeline.ts';
import {sha256Hex} from './domain/ids.ts';
import {COMPILED_PIPELINE} from './domain/pipeline.ts';
import type {Run} from './domain/run.ts';
import {PermanentError} from './errors.ts';
import type {Ports} from './ports.ts';

/** Far more than kfp writes for a pipeline of hundreds of tasks; a function holds it whole. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The compiled pipeline that a definition names by its digest.
 * @throws PermanentError TRAINER_UNPINNED, TRAINER_MISSING, PIPELINE_SPEC
 */
export async function readCompiledPipeline(
  {pipeline}: Pick<Run, 'pipeline'>,
  spec: string,
  {objects, buckets}: Pick<Ports, 'objects' | 'buckets'>,
): Promise<CompiledPipeline> {
  const where = `gs://${buckets.data}/${pipeline}/${spec}`;
  const digest = COMPILED_PIPELINE.exec(spec)?.groups?.digest;
  const hint = 'Run "millrace push" for this pipeline, then rerun.';
  if (digest === undefined)
    throw new PermanentError('TRAINER_UNPINNED', 'trainer.spec does not name trainer/<sha256>.json', {
      where,
      hint,
    });
  const object = await objects.find(buckets.data, `${pipeline}/${spec}`);
  if (object === undefined)
    throw new PermanentError('TRAINER_MISSING', 'the compiled pipeline is not in the bucket', {where, hint});
  if (object.sizeBytes > MAX_BYTES)
    throw new PermanentError(
      'PIPELINE_SPEC',
      `it has ${object.sizeBytes} bytes, at most ${MAX_BYTES} are read`,
      {
        where,
        hint,
      },
    );
  const text = await objects.readText(object);
  if (sha256Hex(text) !== digest)
    throw new PermanentError('PIPELINE_SPEC', 'the compiled pipeline was changed after the push', {
      where,
      hint,
    });
  return parseCompiledPipeline(jsonOf(text, where), where);
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const hint =
      'Compile the pipeline with kfp to a .json file, run "millrace push", then drop the file again.';
    throw new PermanentError('PIPELINE_SPEC', 'the compiled pipeline is not JSON', {where, hint});
  }
}

import {type CompiledPipeline, parseCompiledPipeline} from './domain/compiled-pipeline.ts';
import {sha256Hex} from './domain/ids.ts';
import {COMPILED_PIPELINE} from './domain/pipeline.ts';
import type {Run} from './domain/run.ts';
import {PermanentError} from './errors.ts';
import type {Ports} from './ports.ts';

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
  const text = await objects.readText(object);
  if (sha256Hex(text) !== digest)
    throw new PermanentError('PIPELINE_SPEC', 'the compiled pipeline was changed after the push', {
      where,
      hint,
    });
  return parseCompiledPipeline(JSON.parse(text), where);
}

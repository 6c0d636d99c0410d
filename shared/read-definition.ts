import {assertMachines} from './assert-machines.ts';
import type {Run, RunFacts} from './domain/run.ts';
import {PermanentError} from './errors.ts';
import {assertPipelineSize, parsePipeline} from './pipeline-file.ts';
import {platformFor} from './platform-of.ts';
import type {Ports} from './ports.ts';

/** Reads the pipeline's definition as it is now; a run keeps what it was split by. @throws PermanentError CONFIG_*, SECRET_IN_CONFIG, MACHINE_NOT_ALLOWED, PLATFORM_OFF */
export async function readDefinition(
  {pipeline: folder}: Pick<Run, 'pipeline'>,
  ports: Ports,
): Promise<NonNullable<RunFacts['definition']>> {
  const bucket = ports.buckets.data;
  const where = `gs://${bucket}/${folder}/pipeline.yaml`;
  const file = await ports.objects.find(bucket, `${folder}/pipeline.yaml`);
  if (file === undefined) {
    throw new PermanentError('CONFIG_MISSING', `pipeline "${folder}" has no pipeline.yaml`, {
      where,
      hint: 'Upload the pipeline with "millrace push DIR", then drop the file again.',
    });
  }
  assertPipelineSize(file.sizeBytes, where);
  const {digest, pipeline} = parsePipeline(await ports.objects.readText(file), where);
  platformFor(pipeline, ports);
  assertMachines(pipeline, ports, where);
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

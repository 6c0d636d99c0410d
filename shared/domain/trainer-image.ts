import {PermanentError} from '../errors.ts';
import {TRAINER_SOURCE} from './pipeline.ts';

/** Where a trainer image comes from and what it is called: both follow from the digest of its source. */
export interface TrainerImage {
  /** Object name of the source archive in the data bucket. */
  readonly sourceObject: string;
  readonly tag: string;
  /** Key of the build effect, shared by all runs with this source; also the build's tag. */
  readonly effectKey: string;
}

/**
 * @param pipeline the pipeline's name, i.e. its folder in the data bucket
 * @param source `trainer.source` of the pushed pipeline.yaml
 * @throws PermanentError TRAINER_UNPINNED when it does not name an archive by digest
 */
export function trainerImageOf(pipeline: string, source: string | undefined): TrainerImage {
  if (source === undefined || !TRAINER_SOURCE.test(source)) {
    throw new PermanentError('TRAINER_UNPINNED', 'trainer.source does not name trainer/<sha256>.tar.gz', {
      where: `${pipeline}/pipeline.yaml`,
      hint: 'Upload the pipeline with "millrace push", which packs the trainer and pins it.',
    });
  }
  const digest = source.slice('trainer/'.length, -'.tar.gz'.length).slice(0, 40);
  return {sourceObject: `${pipeline}/${source}`, tag: `src-${digest}`, effectKey: `img-${digest}`};
}

/** The effect key behind an image tag; undefined when the tag is not one of ours. */
export function trainerEffectKey(tag: string): string | undefined {
  return /^src-[0-9a-f]{40}$/.test(tag) ? `img-${tag.slice('src-'.length)}` : undefined;
}

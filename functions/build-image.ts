import type {Expected} from '../shared/domain/cost.ts';
import {messageOf, runMessageSchema} from '../shared/domain/events.ts';
import {supersederOf} from '../shared/domain/generation.ts';
import type {Run} from '../shared/domain/run.ts';
import {type TrainerImage, trainerImageOf} from '../shared/domain/trainer-image.ts';
import {passDoor} from '../shared/doors.ts';
import {PermanentError} from '../shared/errors.ts';
import {factOf, findRun} from '../shared/find-run.ts';
import type {Stage} from '../shared/handle.ts';
import type {ObjectInfo} from '../shared/object-ports.ts';
import {goOnWith, observeBuild} from '../shared/observe-build.ts';
import type {Ports} from '../shared/ports.ts';
import {settleEffect} from '../shared/settle-effect.ts';
import {supersede} from '../shared/supersede.ts';
import {watch} from '../shared/watch.ts';

interface Input {
  readonly runId: string;
}

interface Known {
  readonly run: Run;
  readonly image: TrainerImage;
  readonly bucket: string;
  readonly source: ObjectInfo | undefined;
  readonly digest: string | undefined;
  /** The newest generation of the run's object. */
  readonly head: string | undefined;
}

type Plan =
  | {readonly kind: 'skip'; readonly why: string}
  | {readonly kind: 'supersede'; readonly runId: string; readonly by: string}
  | {readonly kind: 'reuse'; readonly runId: string; readonly image: TrainerImage; readonly digest: string}
  | {
      readonly kind: 'build';
      readonly runId: string;
      readonly image: TrainerImage;
      readonly source: ObjectInfo;
      readonly estimate: Expected | undefined;
    };

/** The trainer's image: reused when one was made of the same source, else built once by Cloud Build for all runs that need it. */
export const buildImage: Stage<Input, Known, Plan> = {
  name: 'build-image',

  parse: (delivery) => messageOf(runMessageSchema, delivery).body,

  async load({runId}, ports) {
    const run = await findRun(runId, ports);
    const {pipeline} = factOf(run, 'definition');
    const image = trainerImageOf(run.pipeline, pipeline.trainer.source);
    const bucket = ports.buckets.data;
    const source = await ports.objects.find(bucket, image.sourceObject);
    const digest = await ports.builds.findImage(image.tag);
    return {run, image, source, digest, bucket, head: await ports.drops.head(run.input)};
  },

  plan({runId}, {run, image, source, digest, head, bucket}) {
    if (run.state !== 'split' && run.state !== 'building' && run.state !== 'built') {
      return {kind: 'skip', why: `run is ${run.state}`};
    }
    const by = supersederOf(run.input, head);
    if (by !== undefined) return {kind: 'supersede', runId, by};
    if (digest !== undefined) return {kind: 'reuse', runId, image, digest};
    if (source === undefined) {
      throw new PermanentError(
        'TRAINER_MISSING',
        'the trainer source that pipeline.yaml names is not in the bucket',
        {
          where: `gs://${bucket}/${image.sourceObject}`,
          hint: 'Run "millrace push" for this pipeline, then rerun.',
        },
      );
    }
    return {kind: 'build', runId, image, source, estimate: run.estimate?.build};
  },

  async perform(plan, ports) {
    if (plan.kind === 'supersede') await supersede(plan, ports);
    if (plan.kind === 'reuse') await reuse(plan, ports);
    if (plan.kind === 'build') await build(plan, ports);
  },
};

async function reuse({runId, image, digest}: Plan & {kind: 'reuse'}, ports: Ports): Promise<void> {
  const uri = `${ports.builds.imageUri}@${digest}`;
  await ports.runs.advance(runId, 'built', {image: {tag: image.tag, uri, digest, reused: true}});
  await ports.messages.publish('image-ready', {runId});
}

/**
 * The effect is keyed by content, not by run: a thousand drops with one trainer make one build.
 * Looks at the build once the run waits for it, since its notification may have come just before.
 */
async function build({runId, image, source}: Plan & {kind: 'build'}, ports: Ports): Promise<void> {
  const uri = `${ports.builds.imageUri}:${image.tag}`;
  await ports.runs.advance(runId, 'building', {image: {tag: image.tag, uri, reused: false}});
  if (!(await passDoor('build', {runId, holder: image.tag}, ports))) return;
  const id = await settleEffect(ports, {
    key: image.effectKey,
    runId,
    hasAdmission: true,
    find: (attempt) => ports.builds.findByEffect(image.effectKey, attempt),
    create: (attempt) => ports.builds.start({source, tag: image.tag, effectKey: image.effectKey, attempt}),
    discard: (stray) => ports.builds.cancel(stray),
  });
  await watch('build', id, ports);
  const seen = await ports.builds.read(id);
  // Of those who wait for the same image each looks for itself: a crowd that told each other would tell it to everybody many times.
  if (seen?.state === 'succeeded') await goOnWith({...seen, tag: image.tag}, [runId], ports);
  else if (seen !== undefined) await observeBuild(seen, image.effectKey, ports);
}

import type {Run} from './domain/run.ts';
import {leaveDoor} from './doors.ts';
import {adopt, findStanding} from './find-standing.ts';
import type {Build} from './job-ports.ts';
import type {Ports} from './ports.ts';

type TaggedBuild = Build & {readonly tag: string};

/**
 * Acts on a build's state as the service reports it: lets every run that waits for its image go on, or closes them. When its
 * attempt was given up, the runs are told to build again. Whoever asks twice finds nobody waiting.
 */
export async function observeBuild(build: Build, effectKey: string, ports: Ports): Promise<void> {
  if (build.state === 'waiting' || build.tag === undefined) return;
  const runs = await ports.runs.waitingForImage(build.tag);
  if (build.state === 'succeeded') {
    // Who stands before the next door already has been told.
    const untold = runs.filter(({waiting}) => waiting?.door !== 'tuning');
    const ids = untold.map(({id}) => id);
    return goOnWith({...build, tag: build.tag}, ids, ports);
  }
  const standing = await findStanding({...build, name: build.id, effectKey}, ports);
  const waiting = runs.filter(({state}) => state === 'building');
  if (standing === 'counts') await closeAll(waiting, {...build, tag: build.tag, effectKey}, ports);
  if (standing === 'given-up') {
    for (const {id} of waiting) await ports.messages.publish('split-ready', {runId: id});
  }
}

/** Lets runs go on with the image of a build that has succeeded. */
export async function goOnWith(build: TaggedBuild, runIds: readonly string[], ports: Ports): Promise<void> {
  for (const id of runIds) await letGoOn(id, build, ports);
  await leaveDoor('build', build.tag, ports);
}

/** The effect is reopened last: until then whoever comes newly to this build sees it failed, and closes its own run. */
async function closeAll(
  runs: readonly Run[],
  build: TaggedBuild & {readonly effectKey: string},
  ports: Ports,
): Promise<void> {
  await adopt({...build, name: build.id}, ports);
  const message = `the image build failed: ${build.why ?? 'Cloud Build gave no reason'}`;
  const hint = 'Mend the trainer, run "millrace push" and drop the file again.';
  for (const {id} of runs) {
    await ports.runs.fail(id, 'build-image', {
      code: 'BUILD_FAILED',
      message,
      where: `build ${build.id}`,
      hint,
    });
  }
  await ports.effects.reopen(build.effectKey, build.id);
  await leaveDoor('build', build.tag, ports);
}

async function letGoOn(runId: string, {id, tag, digest}: TaggedBuild, ports: Ports): Promise<void> {
  const uri = digest === undefined ? `${ports.builds.imageUri}:${tag}` : `${ports.builds.imageUri}@${digest}`;
  await ports.runs.advance(runId, 'built', {
    image: {tag, uri, build: id, reused: false, ...(digest ? {digest} : {})},
  });
  await ports.messages.publish('image-ready', {runId});
}

import {leaveDoor} from './doors.ts';
import type {Build, Ports} from './ports.ts';

/**
 * Acts on a build's state as the service reports it: lets every run that waits for its image go on, or closes them.
 * Whoever asks twice finds nobody waiting.
 */
export async function observeBuild(build: Build, effectKey: string, ports: Ports): Promise<void> {
  if (build.state === 'waiting' || build.tag === undefined) return;
  const runs = await ports.runs.waitingForImage(build.tag);
  if (build.state === 'succeeded') {
    for (const {id} of runs) await letGoOn(id, build, ports);
    return leaveDoor('build', build.tag, ports);
  }
  const {record} = await ports.effects.read(effectKey);
  // The failure of an earlier build, told again: the runs wait for a newer one.
  if (record?.resource !== undefined && record.resource !== build.id) return;
  await ports.effects.reopen(effectKey, build.id);
  const message = `the image build failed: ${build.why ?? 'Cloud Build gave no reason'}`;
  const hint = 'Mend the trainer, run "millrace push" and drop the file again.';
  for (const {id} of runs.filter(({state}) => state === 'building')) {
    await ports.runs.fail(id, 'build-image', {
      code: 'BUILD_FAILED',
      message,
      where: `build ${build.id}`,
      hint,
    });
  }
  await leaveDoor('build', build.tag, ports);
}

async function letGoOn(runId: string, {id, tag = '', digest}: Build, ports: Ports): Promise<void> {
  const uri = digest === undefined ? `${ports.builds.imageUri}:${tag}` : `${ports.builds.imageUri}@${digest}`;
  await ports.runs.advance(runId, 'built', {
    image: {tag, uri, build: id, reused: false, ...(digest ? {digest} : {})},
  });
  await ports.messages.publish('image-ready', {runId});
}

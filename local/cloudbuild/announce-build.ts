import {ApiError} from '../api-error.ts';
import type {Publish} from '../publish.ts';
import type {Build} from './build.ts';

/**
 * Tells the project's subscribers about a change of status, on the topic `cloud-builds` or the one the build names. Without
 * such a topic nobody is told: https://cloud.google.com/build/docs/subscribe-build-notifications
 */
export function announceBuild(publish: Publish, build: Build): void {
  const topic = build.options?.pubsubTopic ?? `projects/${build.projectId}/topics/cloud-builds`;
  const attributes = {buildId: build.id, status: build.status};
  try {
    publish(topic, {data: Buffer.from(JSON.stringify(build)), attributes});
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 'NOT_FOUND')) throw error;
  }
}

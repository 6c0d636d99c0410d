import {ApiError} from '../api-error.ts';

/** What a subscription shows as its topic once that topic is gone. */
export const DELETED_TOPIC = '_deleted-topic_';

/** Rule for topic and subscription ids: https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names */
const ID = /^(?!goog)[A-Za-z][\w.~+%-]{2,254}$/;

/**
 * Checks a full resource name such as `projects/P/topics/T`.
 * @throws ApiError INVALID_ARGUMENT when the service would refuse to create a resource of this name.
 */
export function checkName(kind: 'topics' | 'subscriptions', name: string | null | undefined): string {
  const [projects, project, collection, id, ...rest] = (name ?? '').split('/');
  const isWellFormed = projects === 'projects' && project && collection === kind && rest.length === 0;
  if (!isWellFormed || !ID.test(id ?? '')) {
    throw new ApiError('INVALID_ARGUMENT', `Invalid [${kind}] name: (name=${name ?? ''})`);
  }
  return `projects/${project}/${kind}/${id}`;
}

/** The two parts of a full resource name. */
export function partsOf(name: string): {readonly project: string; readonly id: string} {
  const [, project = '', , id = ''] = name.split('/');
  return {project, id};
}

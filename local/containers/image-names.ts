import {ApiError} from '../api-error.ts';
import type {State} from '../state.ts';
import {formatImageReference, parseImageReference} from './image-reference.ts';

/** Which digest each image name stands for. A name that was tagged once keeps answering for its older digests. */
export interface ImageNames {
  /** @throws ApiError INVALID_ARGUMENT when `reference` is not `host/path[:tag]`. */
  tag(digest: string, reference: string): void;
  resolve(reference: string): string | undefined;
}

export function imageNames(state: State): ImageNames {
  const digests = state.collection<string>('containers.names');
  return {
    tag(digest, reference) {
      const parsed = parseImageReference(reference);
      if (parsed?.tag === undefined) {
        throw new ApiError('INVALID_ARGUMENT', `invalid reference format: ${reference}`);
      }
      digests.set(formatImageReference(parsed), digest);
      digests.set(formatImageReference({name: parsed.name, digest}), digest);
    },
    resolve(reference) {
      const parsed = parseImageReference(reference);
      return parsed && digests.get(formatImageReference(parsed));
    },
  };
}

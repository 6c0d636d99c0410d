import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {ApiError} from '../api-error.ts';
import type {Containers} from '../containers/containers.ts';

/** https://cloud.google.com/vertex-ai/docs/predictions/pre-built-containers */
const PREBUILT = /^(?:us|europe|asia)-docker\.pkg\.dev\/vertex-ai\/prediction\/([^:@]+)(?::latest)?$/;

/** The prebuilt servers this cloud has, each with a Dockerfile in the folder of that name in `prebuilt/`, their build context. */
const OFFERED = ['sklearn-cpu.1-6', 'xgboost-cpu.2-1'];

export interface ServingImages {
  /** @throws ApiError NOT_FOUND when no image of that name can be had. */
  check(imageUri: string): void;
  /** Makes sure that `imageUri` can be run: a prebuilt server is built when first asked for. */
  provide(imageUri: string): Promise<void>;
}

/** Images that serve models: those someone built here, and Google's prebuilt prediction containers. */
export function servingImages(containers: Containers): ServingImages {
  const built = new Map<string, Promise<void>>();

  async function build(name: string, imageUri: string): Promise<void> {
    const context = fileURLToPath(new URL('./prebuilt', import.meta.url));
    const {digest} = await containers.build(context, () => {}, {
      dockerfile: join(context, name, 'Dockerfile'),
    });
    containers.tag(digest, imageUri);
  }

  function check(imageUri: string): void {
    const name = PREBUILT.exec(imageUri)?.[1];
    if (name !== undefined && !OFFERED.includes(name)) {
      throw new ApiError(
        'NOT_FOUND',
        `Image "${imageUri}" is not offered here; there is ${OFFERED.join(', ')}.`,
      );
    }
    if (name === undefined && containers.resolve(imageUri) === undefined) {
      throw new ApiError('NOT_FOUND', `Image "${imageUri}" is not found.`);
    }
  }

  return {
    check,
    async provide(imageUri) {
      check(imageUri);
      const name = PREBUILT.exec(imageUri)?.[1];
      if (name === undefined) return;
      const image = built.get(imageUri) ?? build(name, imageUri);
      built.set(imageUri, image);
      await image.catch((error: unknown) => {
        built.delete(imageUri);
        throw error;
      });
    },
  };
}

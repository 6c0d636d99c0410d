import {ApiError} from '../api-error.ts';

const PREBUILT = 'us-docker.pkg.dev/vertex-ai/prediction';

/**
 * What serves a model by runtime version and framework. The service's own versions ended with 2.11; the last
 * frameworks that the other service has here make one more.
 */
const RUNTIMES: Readonly<
  Record<string, {readonly python: string; readonly images: Readonly<Record<string, string>>}>
> = {
  '3.0': {
    python: '3.12',
    images: {
      SCIKIT_LEARN: `${PREBUILT}/sklearn-cpu.1-6:latest`,
      XGBOOST: `${PREBUILT}/xgboost-cpu.2-1:latest`,
    },
  },
};

export interface Runtime {
  readonly runtimeVersion: string;
  readonly pythonVersion: string;
  readonly framework: string;
}

/** The image of a server. @throws ApiError INVALID_ARGUMENT when there is no such runtime */
export function servingImage({runtimeVersion, pythonVersion, framework}: Runtime): string {
  const runtime = RUNTIMES[runtimeVersion];
  const image = runtime?.images[framework];
  if (image !== undefined && runtime?.python === pythonVersion) return image;
  const offered = Object.entries(RUNTIMES).map(
    ([version, {python, images}]) => `${version} with Python ${python} for ${Object.keys(images).join(', ')}`,
  );
  throw new ApiError(
    'INVALID_ARGUMENT',
    `Field: version.runtime_version Error: The runtime version ${runtimeVersion} with Python ${pythonVersion} for ` +
      `${framework} is not supported; there is ${offered.join('; ')}.`,
  );
}

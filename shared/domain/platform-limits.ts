import type {Parameter} from './study.ts';

/** What of a pipeline decides whether a platform can run it. */
interface Definition {
  readonly platform: 'vertex' | 'ai-platform';
  readonly trainer: {readonly framework: string; readonly kind: 'image' | 'pipeline'};
  readonly tune: {
    readonly earlyStopping?: string | undefined;
    readonly measurement: string;
    readonly warmStart?: boolean | undefined;
    readonly parameters: Readonly<Record<string, Pick<Parameter, 'when'>>>;
  };
  readonly serve: 'none' | Serving;
}

interface Serving {
  readonly model: string;
  readonly endpoint: string;
  readonly canary?: string | undefined;
  readonly machineType: string;
  readonly runtimeVersion?: string | undefined;
  readonly pythonVersion?: string | undefined;
}

interface PlatformFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** What a pipeline asks of its platform that this has not; a sentence part each. */
export function platformFaults(definition: Definition): PlatformFault[] {
  return definition.platform === 'vertex' ? vertexFaults(definition) : aiPlatformFaults(definition);
}

function vertexFaults({tune, serve}: Definition): PlatformFault[] {
  const message = 'vertex begins every search anew: leave it out, and narrow the parameters instead';
  return [...(tune.warmStart ? [fault(['tune', 'warmStart'], message)] : []), ...runtimeFaults(serve)];
}

function runtimeFaults(serve: Definition['serve']): PlatformFault[] {
  if (serve === 'none') return [];
  return (['runtimeVersion', 'pythonVersion'] as const)
    .filter((key) => serve[key] !== undefined)
    .map((key) => fault(['serve', key], 'only ai-platform has runtime versions'));
}

function aiPlatformFaults({trainer, tune, serve}: Definition): PlatformFault[] {
  return [...trainerFaults(trainer), ...tuneFaults(tune), ...servingFaults(serve)];
}

function trainerFaults({framework, kind}: Definition['trainer']): PlatformFault[] {
  return [
    ...(framework === 'custom'
      ? [fault(['trainer', 'framework'], 'ai-platform serves scikit-learn and xgboost only')]
      : []),
    ...(kind === 'pipeline' ? [fault(['trainer', 'kind'], 'ai-platform runs no pipelines')] : []),
  ];
}

function tuneFaults({earlyStopping, measurement, parameters}: Definition['tune']): PlatformFault[] {
  const conditional = Object.keys(parameters).filter((name) => parameters[name]?.when !== undefined);
  return [
    ...conditional.map((name) =>
      fault(['tune', 'parameters', name, 'when'], 'ai-platform has no conditional parameters'),
    ),
    ...(measurement === 'best'
      ? [fault(['tune', 'measurement'], 'ai-platform takes the last measurement of a trial')]
      : []),
    ...(earlyStopping === 'median'
      ? [fault(['tune', 'earlyStopping'], 'ai-platform has one rule of its own: write decay-curve')]
      : []),
  ];
}

function servingFaults(serve: Definition['serve']): PlatformFault[] {
  if (serve === 'none')
    return [fault(['serve'], 'ai-platform has no versions that do not answer: name model and endpoint')];
  const {model, endpoint, canary, machineType} = serve;
  const missing = (['runtimeVersion', 'pythonVersion'] as const).filter((key) => serve[key] === undefined);
  return [
    ...(endpoint === model
      ? []
      : [fault(['serve', 'endpoint'], 'a model of ai-platform answers under its own name: repeat it here')]),
    ...(canary === undefined
      ? []
      : [fault(['serve', 'canary'], 'ai-platform sends all requests of a model to one version')]),
    ...(/^mls1-/.test(machineType)
      ? []
      : [
          fault(
            ['serve', 'machineType'],
            'write mls1-c1-m2 or mls1-c4-m2: of other machines ai-platform pays one for each version',
          ),
        ]),
    ...missing.map((key) => fault(['serve', key], 'ai-platform needs it, as "versions create" does')),
  ];
}

function fault(path: readonly string[], message: string): PlatformFault {
  return {path, message};
}

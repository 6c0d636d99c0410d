import {longestLine, type Passage, passStation, type Station} from './station.ts';

/** What a shard, a project in one region, is given to do with. */
export interface Shard {
  /** How many instances of a function there may be. */
  readonly instances: Readonly<Record<'receive-data' | 'split-data' | 'release-model', number>>;
  /** Builds and jobs that may be under way at one time. */
  readonly jobs: {readonly build: number; readonly tuning: number; readonly training: number};
  /** Submissions in a minute, by Vertex AI's quota. */
  readonly submissionsPerMinute: {readonly tuning: number; readonly training: number};
  /** Each is changed by one release at a time. */
  readonly endpoints: number;
}

/** How one stage went. */
export interface Stage {
  readonly name: string;
  /** Share of its room that was taken on average while datasets came. */
  readonly load: number;
  readonly longestLine: number;
  /** Seconds in line. */
  readonly wait: {readonly median: number; readonly p95: number};
}

export interface Outcome {
  readonly stages: readonly Stage[];
  /** When each dataset had gone all the way, in the order of the drops. */
  readonly doneAt: Float64Array;
}

/** How long a stage takes for each dataset, in seconds. */
export type Durations = Readonly<
  Record<'receive' | 'split' | 'build' | 'tune' | 'train' | 'release', Float64Array>
>;

const UNPACED = Number.POSITIVE_INFINITY;

/**
 * Takes datasets through all stages of a shard; each stage sees them as they come out of the one before.
 * @param drops in seconds from the beginning, in order
 */
export function goAllTheWay(drops: Float64Array, durations: Durations, shard: Shard): Outcome {
  const seconds = (name: keyof Durations) => (index: number) => Number(durations[name][index]);
  const {instances, jobs, submissionsPerMinute} = shard;
  const station = (name: keyof Durations, servers: number, perMinute = UNPACED): Station => ({
    servers,
    perMinute,
    secondsOf: seconds(name),
  });
  const endpoint = {count: shard.endpoints, of: (index: number) => index % shard.endpoints};
  const way: readonly (readonly [string, Station])[] = [
    ['receive-data', station('receive', instances['receive-data'])],
    ['split-data', station('split', instances['split-data'])],
    ['image', station('build', jobs.build)],
    ['tuning', station('tune', jobs.tuning, submissionsPerMinute.tuning)],
    ['training', station('train', jobs.training, submissionsPerMinute.training)],
    ['release', {...station('release', instances['release-model']), needs: endpoint}],
  ];

  const stages: Stage[] = [];
  let at = drops;
  for (const [name, next] of way) {
    const passage = passStation(at, next);
    stages.push(stageOf(name, at, {passage, room: next.servers, drops}));
    at = passage.ends;
  }
  return {stages, doneAt: at};
}

interface Seen {
  readonly passage: Passage;
  readonly room: number;
  readonly drops: Float64Array;
}

function stageOf(name: string, arrivals: Float64Array, {passage: {starts, ends}, room, drops}: Seen): Stage {
  const waits = starts.map((start, index) => start - Number(arrivals[index])).sort();
  const asked = ends.reduce((sum, end, index) => sum + end - Number(starts[index]), 0);
  return {
    name,
    load: asked / (room * Number(drops.at(-1))),
    longestLine: longestLine(arrivals, starts),
    wait: {
      median: Number(waits[Math.floor(waits.length / 2)]),
      p95: Number(waits[Math.floor(waits.length * 0.95)]),
    },
  };
}

import {uniformInt} from 'pure-rand/distribution/uniformInt';
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus';
import type {Edge} from './agent/boundaries.ts';
import type {Order} from './agent/orders.ts';

/** One place of the pipeline to hit. */
interface Variant {
  readonly name: string;
  readonly service: string;
  /** Of the requests it makes there; as a regular expression. */
  readonly request: string;
  readonly edges: readonly Edge[];
}

const MADE: readonly Edge[] = ['sending', 'applied'];
const SERVED: readonly Edge[] = ['received', 'answering', 'answered'];
const COMMIT = 'Firestore/Commit';
const PUBLISH = 'Publisher/Publish';

const VARIANTS: readonly Variant[] = [
  {name: 'intake: create the run', service: 'receive-data', request: COMMIT, edges: MADE},
  {name: 'intake: announce', service: 'receive-data', request: PUBLISH, edges: MADE},
  {name: 'intake: acknowledge', service: 'receive-data', request: '^POST /$', edges: SERVED},
  {name: 'split: write the parts', service: 'split-data', request: '^POST /upload/', edges: MADE},
  {name: 'split: move, announce', service: 'split-data', request: `${COMMIT}|${PUBLISH}`, edges: MADE},
  {name: 'build: create', service: 'build-image', request: '^POST /v1/.*/builds', edges: MADE},
  {name: 'build: record', service: 'build-image', request: COMMIT, edges: MADE},
  {
    name: 'tuning: create',
    service: 'start-tuning',
    request: '^POST .*/hyperparameterTuningJobs',
    edges: MADE,
  },
  {name: 'tuning: record', service: 'start-tuning', request: COMMIT, edges: MADE},
  {name: 'training: create', service: 'complete-job', request: '^POST .*/customJobs', edges: MADE},
  {name: 'training: record', service: 'complete-job', request: COMMIT, edges: MADE},
  {name: 'release: make the version', service: 'release-model', request: 'models:upload', edges: MADE},
  {name: 'release: deploy, traffic', service: 'release-model', request: '^POST .*/endpoints', edges: MADE},
  {
    name: 'release: record, announce',
    service: 'release-model',
    request: `${COMMIT}|${PUBLISH}`,
    edges: MADE,
  },
  {name: 'sweep', service: 'sweep', request: '.', edges: [...MADE, ...SERVED]},
  {name: 'the cloud itself', service: 'cloud', request: '.', edges: [...SERVED, 'sending']},
];

/** Between the functions and the cloud: the request has not arrived, or the answer to what was done does not. */
const BROKEN_CONNECTION: Variant = {
  name: 'a connection',
  service: 'cloud',
  request: '.',
  edges: ['received', 'answering'],
};

/** What befalls the processes in one round. */
export interface Trouble {
  readonly orders: readonly Order[];
  /** Kills without a look at what goes on, this long after the beginning. */
  readonly blows: readonly {readonly service: string; readonly afterMs: number}[];
}

/** What an order is about, for the summary. */
export function nameOf(order: Order): string {
  return order.id.replace(/^[^.]*\./, '');
}

const PASSED_OVER = 12;
const RESETS = 6;
/** A round passes some thousand boundaries of requests that the cloud serves. */
const RESET_WITHIN = 1500;
const BLOWS = 2;
const BLOW_WITHIN_MS = 12_000;

/** Plans the trouble of rounds, so that over a few of them every variant comes at every edge; the same seed gives the same plan. */
export function planTrouble(seed: number, rounds: number, size: number): Trouble[] {
  const generator = xoroshiro128plus(seed);
  const below = (limit: number) => uniformInt(generator, 0, limit - 1);
  const functions = VARIANTS.filter(({service}) => service !== 'cloud');
  const cases = functions.flatMap((variant) => variant.edges.map((edge) => ({variant, edge})));
  const deck = Array.from({length: Math.ceil((rounds * size) / cases.length)}, () => cases).flat();
  const cloud = VARIANTS.find(({service}) => service === 'cloud');
  let dealt = 0;

  function orderOf({name, service, request}: Variant, edge: Edge, signal: Order['signal']): Order {
    dealt += 1;
    return {id: `${dealt}.${name}`, service, request, edge, signal, passOver: below(PASSED_OVER)};
  }

  return Array.from({length: rounds}, (_, round) => {
    const orders = Array.from({length: size}, (_, index) => {
      const [picked] = deck.splice(below(deck.length), 1);
      if (picked === undefined) throw new Error('the deck is too small');
      return orderOf(picked.variant, picked.edge, signalOf(index));
    });
    const edge = cloud?.edges[round % cloud.edges.length];
    if (cloud && edge) orders.push({...orderOf(cloud, edge, 'SIGKILL'), passOver: below(400)});
    for (let index = 0; index < RESETS; index++) {
      const at = BROKEN_CONNECTION.edges[index % BROKEN_CONNECTION.edges.length];
      if (at) orders.push({...orderOf(BROKEN_CONNECTION, at, 'RESET'), passOver: below(RESET_WITHIN)});
    }
    const blows = Array.from({length: BLOWS}, () => ({
      service: functions[below(functions.length)]?.service ?? '',
      afterMs: below(BLOW_WITHIN_MS),
    }));
    return {orders, blows};
  });
}

/** Of twenty, two are stopped for a while and two are asked to end. */
function signalOf(index: number): Order['signal'] {
  if (index % 10 === 0) return 'SIGSTOP';
  return index % 10 === 1 ? 'SIGTERM' : 'SIGKILL';
}

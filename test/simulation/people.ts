import {crc32c} from '@node-rs/crc32';
import {runIdOf} from '../../shared/domain/ids.ts';
import {RERUN_STAGES} from '../../shared/domain/run.ts';
import {finalized} from '../support/events.ts';
import {BUCKETS, type World} from '../support/memory-ports.ts';
import {DATA_CSV} from '../support/story.ts';
import type {Bus} from './bus.ts';
import type {Chance} from './chance.ts';
import type {Host} from './host.ts';
import type {Journal} from './journal.ts';
import type {Trace} from './trace.ts';
import type {VirtualTime} from './virtual-time.ts';

/** Beyond what a number tells apart. */
const GENERATIONS_FROM = 2n ** 53n;

const BYTES = Buffer.from(DATA_CSV);
const sum = Buffer.alloc(4);
sum.writeUInt32BE(crc32c(BYTES));
/** As Cloud Storage writes it. */
const CRC32C = sum.toString('base64');

const RUN_TOPICS = ['run-accepted', 'split-ready', 'image-ready', 'model-exported'] as const;

/** How long a person waits for an answer. */
const PATIENCE_MS = 120_000;

interface Surroundings {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly journal: Journal;
  readonly bus: Bus;
  readonly host: Host;
  readonly world: World;
}

/** Who drops data, asks for a run again, and replays what was given up. */
export class People {
  readonly #on: Surroundings;
  #drops = 0;

  constructor(surroundings: Surroundings) {
    this.#on = surroundings;
  }

  /** Writes an object, over an earlier one of that name if there is one; the bucket tells of it, now or within a while, once or more often. */
  drop(
    name: string,
    {copies, withinMs}: {copies: number; withinMs: number} = {copies: 1, withinMs: 0},
  ): void {
    const {bus, chance, journal, time, trace, world} = this.#on;
    this.#drops += 1;
    const generation = String(GENERATIONS_FROM + BigInt(this.#drops));
    const info = {bucket: BUCKETS.data, name, generation, sizeBytes: BYTES.length, crc32c: CRC32C};
    world.objects.set(`${info.bucket}/${name}`, {info, bytes: BYTES, createdAtMs: time.nowMs});
    const runId = runIdOf({...info, epoch: 0});
    trace.add(`drop ${name} ${runId}`);
    journal.accepted.add(runId);
    for (let copy = 0; copy < copies; copy += 1)
      time.after(chance.between(0, withinMs), () => {
        if (!bus.send('receive-data', finalized(info, `event-${runId}`))) journal.unheard.add(runId);
      });
  }

  /** Asks for a run again from some stage on, whether it has ended or not. */
  rerun(runId: string): void {
    const {chance} = this.#on;
    const force = chance.happens(0.3);
    this.#ask({action: 'rerun', run: runId, from: chance.pick(RERUN_STAGES), force});
  }

  cancel(runId: string): void {
    this.#ask({action: 'cancel', run: runId, reason: 'not needed any more'});
  }

  /** Has somebody, or a watching system, give every canary all the traffic. */
  promoteCanaries(): void {
    const {bus, chance, world} = this.#on;
    const canaries = [...world.runs.values()].filter(
      ({state, promoteRequested}) => state === 'canary' && promoteRequested === undefined,
    );
    for (const {id} of canaries) {
      const reason = 'no complaints';
      if (chance.happens(0.5)) this.#ask({action: 'promote', run: id, reason});
      else bus.publish('promote-requested', {runId: id, promote: {by: 'a monitor', reason}});
    }
  }

  /** Repeats a request under its key until the answer is clear; what is refused is refused. */
  #ask(body: object, key = `key-${this.#on.chance.between(0, 0xffff_ffff)}`): void {
    const {host, time, trace, journal} = this.#on;
    trace.add(`asks for ${JSON.stringify(body)}`);
    let isAnswered = false;
    const headers = {'idempotency-key': key, 'content-type': 'application/json'};
    host.request('rerun', {method: 'POST', body, headers}, (status, answer) => {
      isAnswered = status < 500 && status !== 429;
      trace.add(`is answered ${status}`);
      if (status === 202) journal.accepted.add((answer as {run: string}).run);
    });
    time.after(PATIENCE_MS, () => {
      if (!isAnswered) this.#ask(body, key);
    });
  }

  /** Tells the functions of ends that have not come, and of work that is not due. */
  forge(): void {
    const {bus, chance, trace, world} = this.#on;
    trace.add('forged messages');
    for (const id of world.jobs.keys()) bus.publish('job-complete', {resource: {labels: {job_id: id}}});
    for (const id of world.builds.keys()) bus.publish('cloud-builds', {id, status: 'SUCCESS'});
    for (const runId of world.runs.keys()) bus.publish(chance.pick(RUN_TOPICS), {runId});
  }

  /** Sends every dead letter once more to the function that could not take it. */
  replayDeadLetters(): void {
    const {bus, trace} = this.#on;
    for (const {functionName, event} of bus.deadLetters.splice(0)) {
      trace.add(`replay for ${functionName}`);
      bus.send(functionName, event);
    }
  }
}

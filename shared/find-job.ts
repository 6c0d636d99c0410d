import {effectKeyOf} from './domain/ids.ts';
import type {Run} from './domain/run.ts';
import type {Job} from './job-ports.ts';
import {platformOf} from './platform-of.ts';
import type {Ports} from './ports.ts';

/** The effect of a run that each kind of job is. */
export const EFFECTS = {tuning: 'tune', training: 'train'} as const;

/** A job of which nothing but the id is known, on whichever platform has it. */
export async function findJob(id: string, {platforms}: Pick<Ports, 'platforms'>): Promise<Job | undefined> {
  for (const {jobs} of Object.values(platforms)) {
    const job = await jobs.find(id);
    if (job !== undefined) return job;
  }
  return undefined;
}

/** The job begun for an effect of a run, on record or by its labels; undefined when there is none, or its platform has it no more. */
export async function findJobOf(
  run: Run,
  kind: Job['kind'],
  ports: Pick<Ports, 'effects' | 'platforms'>,
): Promise<Job | undefined> {
  const effectKey = effectKeyOf(run.id, EFFECTS[kind]);
  const {record} = await ports.effects.read(effectKey);
  if (record === undefined) return undefined;
  const {jobs} = platformOf(run, ports);
  const name = record.resource ?? (await jobs.findByEffect(kind, effectKey, record.attempt));
  const id = name?.split('/').at(-1);
  return id === undefined ? undefined : jobs.find(id);
}

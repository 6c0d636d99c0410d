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

type JobPorts = Pick<Ports, 'effects' | 'platforms'>;

/** The job on record for an effect of a run; undefined when there is none, or its platform has it no more. */
export async function findJobOf(run: Run, kind: Job['kind'], ports: JobPorts): Promise<Job | undefined> {
  const {record} = await ports.effects.read(effectKeyOf(run.id, EFFECTS[kind]));
  return jobNamed(record?.resource, run, ports);
}

/** As `findJobOf`, and by its labels a job whose name a crash kept from the record. */
export async function findBegunJob(run: Run, kind: Job['kind'], ports: JobPorts): Promise<Job | undefined> {
  const key = effectKeyOf(run.id, EFFECTS[kind]);
  const {record} = await ports.effects.read(key);
  if (record === undefined) return undefined;
  const {jobs} = platformOf(run, ports);
  return jobNamed(record.resource ?? (await jobs.findByEffect(kind, key, record.attempt)), run, ports);
}

async function jobNamed(
  name: string | undefined,
  run: Run,
  ports: Pick<Ports, 'platforms'>,
): Promise<Job | undefined> {
  const id = name?.split('/').at(-1);
  return id === undefined ? undefined : platformOf(run, ports).jobs.find(id);
}

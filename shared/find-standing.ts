import {type Standing, standingOf} from './domain/effect.ts';
import {NotYetError} from './errors.ts';
import type {Ports} from './ports.ts';

/** A job or build, by what it was started for. */
interface Resource {
  readonly name: string;
  readonly effectKey?: string;
  readonly attempt?: number;
}

type GuardPorts = Pick<Ports, 'effects' | 'admissions'>;

/** What an ended job or build is to its effect, by the record and by who took its attempt. */
export async function findStanding(resource: Resource, ports: GuardPorts): Promise<Standing> {
  const {name, effectKey, attempt} = resource;
  if (effectKey === undefined || attempt === undefined) return 'stray';
  const {record} = await ports.effects.read(effectKey);
  return standingOf(record, {name, attempt}, await ports.admissions.read(effectKey, attempt));
}

/**
 * Records a resource that counts before its result is used: its end can overtake the record of its start.
 * @throws NotYetError when its attempt was given up meanwhile
 */
export async function adopt(resource: Resource, {effects}: GuardPorts): Promise<void> {
  const {name, effectKey = '', attempt = 0} = resource;
  if (await effects.record(effectKey, attempt, name)) return;
  throw new NotYetError(`${effectKey}: attempt ${attempt} was given up, so ${name} does not count`);
}

import type {Admission} from '../../shared/domain/admission.ts';
import {admissionObjectOf} from '../../shared/domain/admission.ts';
import type {Admissions} from '../../shared/ports.ts';
import type {World} from './memory-ports.ts';

/** Admission objects that the first writer keeps. */
export function memoryAdmissions(world: World): Admissions {
  return {
    read: async (effectKey, attempt) => world.admissions.get(admissionObjectOf(effectKey, attempt)),
    async revoke(effectKey, attempt) {
      world.beforeEffect(`revoke ${effectKey}`);
      return take(world, {effectKey, attempt}, 'revoked');
    },
  };
}

/** What the entry point of a job or build does before anything else. @returns whether it may work */
export function enter(world: World, job: {readonly effectKey?: string; readonly attempt?: number}): boolean {
  return take(world, job, 'entered') === 'entered';
}

function take(
  {admissions}: World,
  {effectKey = '', attempt = 0}: {readonly effectKey?: string; readonly attempt?: number},
  wish: Admission,
): Admission {
  const name = admissionObjectOf(effectKey, attempt);
  const holder = admissions.get(name) ?? wish;
  admissions.set(name, holder);
  return holder;
}

import type {Pipeline} from './domain/pipeline.ts';
import {PermanentError} from './errors.ts';
import type {Ports} from './ports.ts';

/**
 * Keeps machines out that the deployment has not allowed: whoever may write a definition would else decide what an hour costs.
 * @throws PermanentError MACHINE_NOT_ALLOWED
 */
export function assertMachines(
  {tune, train, serve}: Pipeline,
  {machineTypes}: Pick<Ports, 'machineTypes'>,
  where: string,
): void {
  const asked = {tune, train, ...(serve === 'none' ? {} : {serve})};
  for (const [section, {machineType}] of Object.entries(asked)) {
    if (machineTypes.includes(machineType)) continue;
    const message = `${section}.machineType ${machineType} is not allowed in this deployment`;
    const hint = `Use one of ${machineTypes.join(', ')}, or have it added to MILLRACE_MACHINE_TYPES.`;
    throw new PermanentError('MACHINE_NOT_ALLOWED', message, {where, hint});
  }
}

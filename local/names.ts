import {randomInt} from 'node:crypto';

/** The one project of this cloud; callers may use either form. */
export interface Project {
  readonly id: string;
  readonly number: string;
}

/**
 * A path segment that ends where a custom method (`:cancel`) begins.
 * Written into routes as `/${segment('job')}::cancel`; the router reads `::` as a plain colon.
 */
export function segment(name: string): string {
  return `:${name}([^:/]+)`;
}

/** The last part of a resource name. */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** A fresh numeric id, as the services make for jobs, operations and resources without a chosen one. */
export function newId(): string {
  return String(randomInt(10 ** 12, 10 ** 13));
}

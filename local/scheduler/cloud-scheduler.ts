import type {FastifyPluginAsync} from 'fastify';
import {Scheduler, type SchedulerOptions} from './scheduler.ts';
import {schedulerRoutes} from './scheduler-routes.ts';

/** Cloud Scheduler v1: jobs that call HTTP targets when they are due. */
export interface CloudScheduler {
  readonly routes: FastifyPluginAsync;
  /** Calls nobody any more and waits for the calls under way. */
  close(): Promise<void>;
}

export function cloudScheduler(options: SchedulerOptions): CloudScheduler {
  const scheduler = new Scheduler(options);
  return {routes: schedulerRoutes(scheduler), close: () => scheduler.close()};
}

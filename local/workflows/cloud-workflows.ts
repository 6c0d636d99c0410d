import type {FastifyPluginAsync} from 'fastify';
import type {State} from '../state.ts';
import type {Clock} from './clock.ts';
import type {HttpOptions} from './http-call.ts';
import type {LogEntry} from './service/execution-log.ts';
import {Executions} from './service/executions.ts';
import type {Project} from './service/names.ts';
import {Operations} from './service/operations.ts';
import {executionRoutes, workflowRoutes} from './service/routes.ts';
import {Workflows} from './service/workflows.ts';

export interface CloudWorkflowsOptions {
  readonly state: State;
  readonly project: Project;
  readonly clock: Clock;
  readonly http: Omit<HttpOptions, 'clock'>;
  /** Takes what `sys.log` writes. */
  readonly log: (entry: LogEntry) => void;
}

/** Cloud Workflows v1 and its executions: runs the very YAML that is deployed. */
export interface CloudWorkflows {
  readonly routes: FastifyPluginAsync;
  /** Lets interrupted executions go on; call it when the other services answer. */
  resume(): void;
  /** Interrupts the executions under way; the next start resumes them. */
  close(): void;
}

export function cloudWorkflows(options: CloudWorkflowsOptions): CloudWorkflows {
  const operations = new Operations(options.state);
  const workflows = new Workflows(options.state, operations);
  const executions = new Executions({...options, workflows});
  const services = {project: options.project, operations, workflows, executions};
  return {
    resume: () => executions.resume(),
    close: () => executions.close(),
    routes: async (app) => {
      workflowRoutes(app, services);
      executionRoutes(app, services);
    },
  };
}

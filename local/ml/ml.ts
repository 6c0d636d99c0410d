import type {FastifyInstance, FastifyPluginAsync} from 'fastify';
import type {LogEntry} from '../jobs/completion-log.ts';
import {openJobs} from '../jobs/jobs.ts';
import type {Workshop} from '../jobs/workshop.ts';
import {modelServers} from '../serving/model-servers.ts';
import {servingImages} from '../serving/prebuilt.ts';
import type {State} from '../state.ts';
import {jobRoutes} from './job-routes.ts';
import {modelRoutes} from './model-routes.ts';
import {openOperations, operationRoutes} from './operations.ts';
import {predictionRoutes} from './prediction.ts';
import {openRegistry} from './registry.ts';
import {trainingJobKind} from './training-jobs.ts';
import {openVersionChanges} from './version-changes.ts';
import {versionRoutes} from './version-routes.ts';
import {versionServers} from './version-servers.ts';

export interface MlOptions extends Workshop {
  readonly state: State;
  /** Where jobs announce their end; a log sink's `route`. */
  readonly publishLog: (entry: LogEntry) => void;
}

/**
 * AI Platform Training and Prediction (`ml v1`), which Google switched off on 2025-01-31: training and tuning jobs, models, versions
 * and predictions, under `/v1`. Unfinished jobs and versions go on once the server listens. Close the server before the containers.
 */
export function mlV1(options: MlOptions): FastifyPluginAsync {
  const {state, containers, project} = options;
  const jobs = openJobs(trainingJobKind({...options, scratch: state.folder('ml-trials')}), options);
  const registry = openRegistry(state);
  const operations = openOperations(state, project);
  const processes = modelServers({containers, images: servingImages(containers)});
  const servers = versionServers(options, processes);
  const changes = openVersionChanges({state, registry, servers, operations});
  const shared = {project, jobs, registry, operations, servers, changes};

  const routes = async (app: FastifyInstance) => {
    jobRoutes(app, shared);
    modelRoutes(app, shared);
    versionRoutes(app, shared);
    predictionRoutes(app, shared);
    operationRoutes(app, shared);
  };

  return async (app) => {
    await app.register(routes, {prefix: '/v1'});
    app.addHook('onListen', async () => {
      jobs.resume();
      changes.resume();
    });
    app.addHook('onClose', async () => {
      changes.close();
      processes.close();
      await jobs.close();
    });
  };
}

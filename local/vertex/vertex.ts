import type {FastifyInstance, FastifyPluginAsync} from 'fastify';
import type {Containers} from '../containers/containers.ts';
import type {LogEntry} from '../jobs/completion-log.ts';
import {openJobs} from '../jobs/jobs.ts';
import type {Project} from '../names.ts';
import {modelServers} from '../serving/model-servers.ts';
import {servingImages} from '../serving/prebuilt.ts';
import type {State} from '../state.ts';
import {batchPredictionKind, withVersion} from './batch-predictions.ts';
import {newBatchJob} from './batch-spec.ts';
import {customJobKind, newCustomJob} from './custom-jobs.ts';
import {deployedServers} from './deployed-servers.ts';
import {deploymentRoutes} from './deployment-routes.ts';
import {openDeployments} from './deployments.ts';
import {openEndpointStore} from './endpoint-store.ts';
import {endpointRoutes} from './endpoints.ts';
import {jobRoutes} from './job-routes.ts';
import {openModelRegistry} from './model-registry.ts';
import {modelRoutes} from './models.ts';
import {openOperations, operationRoutes} from './operations.ts';
import {askedId, listed, newPipelineJob, pipelineJobKind, shown} from './pipelines/pipeline-jobs.ts';
import {predictionRoutes} from './prediction.ts';
import {newTuningJob, tuningJobKind} from './tuning-jobs.ts';

export interface VertexOptions {
  readonly state: State;
  readonly containers: Containers;
  readonly project: Project;
  /** Where jobs announce their end; a log sink's `route`. */
  readonly publishLog: (entry: LogEntry) => void;
  /** Variables for every container, such as `STORAGE_EMULATOR_HOST`; read at each start, so the other services may get their ports later. */
  readonly containerEnv: () => Readonly<Record<string, string>>;
}

/**
 * Vertex AI: custom, tuning, pipeline and batch prediction jobs, the model registry, endpoints and predictions, under `/v1` and `/v1beta1`.
 * Unfinished jobs and deployments go on once the server listens. Close the server before the containers.
 */
export function vertex(options: VertexOptions): FastifyPluginAsync {
  const {state, containers, project, containerEnv} = options;
  const scratch = state.folder('vertex-trials');
  const operations = openOperations(state);
  const endpoints = openEndpointStore(state);
  const registry = openModelRegistry(state);
  const images = servingImages(containers);
  const processes = modelServers({containers, images});
  const workshop = {containers, project, containerEnv};
  const customJobs = openJobs(customJobKind(workshop), options);
  const tuningJobs = openJobs(tuningJobKind({...workshop, scratch}), options);
  const pipelineJobs = openJobs(
    pipelineJobKind({...workshop, scratch: state.folder('vertex-pipelines')}),
    options,
  );
  const servingHost = {...workshop, registry, servers: processes};
  const servers = deployedServers(servingHost);
  const batchJobs = openJobs(batchPredictionKind(servingHost), options);
  const deployments = openDeployments({state, endpoints, servers, operations});
  const shared = {project, operations, endpoints, registry, deployments, servers, images};

  const routes = async (app: FastifyInstance) => {
    jobRoutes(app, {...shared, collection: 'customJobs', schema: newCustomJob, jobs: customJobs});
    jobRoutes(app, {
      ...shared,
      collection: 'hyperparameterTuningJobs',
      schema: newTuningJob,
      jobs: tuningJobs,
    });
    jobRoutes(app, {
      ...shared,
      askedId,
      shown,
      listed,
      collection: 'pipelineJobs',
      schema: newPipelineJob,
      jobs: pipelineJobs,
    });
    jobRoutes(app, {
      ...shared,
      begun: (job) => withVersion(job, project, registry),
      collection: 'batchPredictionJobs',
      schema: newBatchJob,
      jobs: batchJobs,
    });
    modelRoutes(app, shared);
    endpointRoutes(app, shared);
    deploymentRoutes(app, shared);
    predictionRoutes(app, shared);
    operationRoutes(app, shared);
  };

  return async (app) => {
    await app.register(routes, {prefix: '/v1'});
    await app.register(routes, {prefix: '/v1beta1'});
    app.addHook('onListen', async () => {
      customJobs.resume();
      tuningJobs.resume();
      pipelineJobs.resume();
      batchJobs.resume();
      deployments.resume();
    });
    app.addHook('onClose', async () => {
      deployments.close();
      processes.close();
      await Promise.all([customJobs, tuningJobs, pipelineJobs, batchJobs].map((jobs) => jobs.close()));
    });
  };
}

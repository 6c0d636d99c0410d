import type {Config} from '../config.ts';
import {permitLimits} from '../domain/permits.ts';
import type {Messages, Platforms, Ports} from '../ports.ts';
import {admissionsGateway} from './admissions.ts';
import {aiPlatformClient} from './ai-platform.ts';
import {aiPlatformJobsGateway} from './ai-platform-jobs.ts';
import {aiPlatformModelsGateway} from './ai-platform-models.ts';
import {buildsGateway} from './builds.ts';
import {dropsGateway} from './drops.ts';
import {effectsGateway} from './effects.ts';
import {inventoryGateway} from './inventory.ts';
import {objectsGateway} from './objects.ts';
import {once} from './once.ts';
import {outboxGateway} from './outbox.ts';
import {permitsGateway} from './permits.ts';
import {type Publisher, publisherGateway} from './publisher.ts';
import {requestsGateway} from './requests.ts';
import {retriesGateway} from './retries.ts';
import {runChecksGateway} from './run-checks.ts';
import {runsGateway} from './runs.ts';
import {vertexClient} from './vertex.ts';
import {vertexBatchGateway} from './vertex-batch.ts';
import {vertexJobsGateway} from './vertex-jobs.ts';
import {vertexModelsGateway} from './vertex-models.ts';
import {workflowsGateway} from './workflows.ts';

/** All real ports. No client is loaded before the first call that needs it. */
export function googleCloud(config: Config): Ports {
  const publish = publisherGateway(config);
  const firestore = once(async () => {
    const {Firestore} = await import('@google-cloud/firestore');
    return new Firestore({
      projectId: config.project,
      databaseId: config.database,
      ignoreUndefinedProperties: true,
    });
  });
  const outbox = outboxGateway(firestore, publish);
  const {project, region, database} = config;
  const place = {project, region, database};
  return {
    runs: runsGateway(firestore, outbox, place),
    drops: dropsGateway(firestore),
    outbox,
    checks: runChecksGateway(firestore),
    inventory: inventoryGateway(firestore),
    permits: permitsGateway(firestore, permitLimits(config.permits, config.jobSubmissions)),
    effects: effectsGateway(firestore),
    admissions: admissionsGateway(config.project, config.buckets.admission),
    retries: retriesGateway(firestore),
    objects: objectsGateway(config.project),
    messages: messagesOver(publish),
    builds: buildsGateway(config),
    platforms: platformsOf(config),
    workflows: workflowsGateway(config),
    requests: requestsGateway(firestore),
    buckets: config.buckets,
    sources: config.sources,
    machineTypes: config.machineTypes,
    place,
    prices: config.prices,
  };
}

function platformsOf(config: Config): Platforms {
  const vertex = vertexClient(config);
  const platforms = {
    vertex: {
      jobs: vertexJobsGateway(config, vertex),
      models: vertexModelsGateway(vertex),
      batches: vertexBatchGateway(vertex),
    },
  };
  if (config.rootUrls.ml === undefined) return platforms;
  const ml = aiPlatformClient(config, config.rootUrls.ml);
  return {
    ...platforms,
    'ai-platform': {jobs: aiPlatformJobsGateway(config, ml), models: aiPlatformModelsGateway(ml)},
  };
}

function messagesOver(publish: Publisher): Messages {
  return {
    publish: (topic, body) => publish(topic, body),
    dataReady: ({bucket, name, generation}) => publish('data-ready', {bucket, name, generation}),
  };
}

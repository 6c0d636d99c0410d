import type {FastifyInstance} from 'fastify';
import {ApiError} from '../api-error.ts';
import {type Comparison, type Test, timeTest, unsupported} from '../filter.ts';
import type {Jobs} from '../jobs/jobs.ts';
import {type Project, segment} from '../names.ts';
import {parseRequest} from '../request.ts';
import {labelTest, listPage, matchesGlob} from '../resource-list.ts';
import {PROJECT_ROUTE, type ProjectPath, projectName} from './names.ts';
import {resumedTrials} from './resumed-study.ts';
import {newJob} from './training-input.ts';
import {shownJob, stateOf, type TrainingJob} from './training-jobs.ts';

interface JobPath extends ProjectPath {
  readonly job: string;
}

/** `projects.jobs`: create, get, list and cancel. A job is never deleted, so its id is never free again. */
export function jobRoutes(
  app: FastifyInstance,
  {jobs, project}: {readonly jobs: Jobs<TrainingJob>; readonly project: Project},
) {
  const all = `${PROJECT_ROUTE}/jobs`;
  const one = `${all}/${segment('job')}`;
  const nameOf = (path: JobPath) => `${projectName(project, path)}/jobs/${path.job}`;

  app.post<{Params: ProjectPath}>(all, async ({params, body}) => {
    const asked = parseRequest(newJob, body);
    const job = asked.jobId ?? '';
    if (jobs.has(nameOf({...params, job}))) {
      throw new ApiError('ALREADY_EXISTS', 'Field: job.job_id Error: A job with this id already exists.');
    }
    const resumed = resumedTrials(asked.trainingInput?.hyperparameters, (id) => {
      const name = nameOf({...params, job: id});
      return jobs.has(name) ? jobs.get(name) : undefined;
    });
    return shownJob(jobs.create(projectName(project, params), {...asked, resumed}, job));
  });
  app.get<{Params: ProjectPath}>(all, async ({params, query}) => {
    const {items, ...rest} = listPage(jobs.list(projectName(project, params)), query, jobTest);
    return {jobs: items.map(shownJob), ...rest};
  });
  app.get<{Params: JobPath}>(one, async ({params}) => shownJob(jobs.get(nameOf(params))));
  app.post<{Params: JobPath}>(`${one}::cancel`, async ({params}) => {
    jobs.cancel(nameOf(params));
    return {};
  });
}

/** `jobId` and `state` (`=`, `:` with `*`), `createTime` (every comparison) and `labels.key` (`=`, `!=`, `:*`). */
function jobTest(comparison: Comparison): Test<TrainingJob> {
  const {field, operator, value} = comparison;
  const label = /^labels\.(.+)$/.exec(field)?.[1];
  if (label !== undefined) return labelTest(label, comparison);
  if (field === 'createTime') return timeTest(comparison, ({createTime}) => createTime);
  if ((field !== 'jobId' && field !== 'state') || (operator !== '=' && operator !== ':'))
    throw unsupported(comparison);
  const read = (job: TrainingJob) => (field === 'jobId' ? (job.jobId ?? '') : stateOf(job));
  return (job) => (operator === '=' ? read(job) === value : matchesGlob(read(job), value));
}

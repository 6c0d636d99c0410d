import {z} from 'zod';
import {ApiError} from '../api-error.ts';
import {parseRequest} from '../request.ts';
import type {Collection, State} from '../state.ts';
import type {StorageFiles} from '../storage-files.ts';
import {destinationOf, type Exported, exportAll} from './export-job.ts';
import {QueryError} from './export-rows.ts';
import {type ExportStatement, readExportStatement} from './export-statement.ts';
import {externalTable} from './external-table.ts';
import type {Tables} from './tables.ts';

const jobBody = z.strictObject({
  jobReference: z.strictObject({
    projectId: z.string().exactOptional(),
    jobId: z.string().regex(/^[\w-]{1,1024}$/, 'letters, digits, underscores and dashes'),
    location: z.string().exactOptional(),
  }),
  configuration: z.strictObject({
    query: z.strictObject({
      query: z.string().min(1),
      useLegacySql: z.literal(false, {error: 'the stand-in speaks GoogleSQL only'}),
      tableDefinitions: z.record(z.string(), externalTable).exactOptional(),
    }),
  }),
});

interface Job {
  readonly project: string;
  readonly id: string;
  readonly location: string;
  readonly configuration: z.output<typeof jobBody>['configuration'];
  readonly state: 'PENDING' | 'RUNNING' | 'DONE';
  readonly createdMs: number;
  readonly endedMs?: number;
  readonly exported?: Exported;
  readonly error?: {readonly reason: string; readonly message: string};
}

export interface JobsOptions {
  readonly state: State;
  readonly files: StorageFiles;
  readonly tables: Tables;
}

/** Query jobs. Ids are the caller's and never free again, whatever became of the job. */
export class Jobs {
  readonly #jobs: Collection<Job>;
  readonly #files: StorageFiles;
  readonly #tables: Tables;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor({state, files, tables}: JobsOptions) {
    this.#jobs = state.collection<Job>('bigquery.jobs');
    this.#files = files;
    this.#tables = tables;
  }

  /** Goes on with what an earlier process left undone; call it when the other services answer. */
  resume(): void {
    for (const job of this.#jobs.values()) if (job.state !== 'DONE') this.#start(job);
  }

  /** @throws ApiError INVALID_ARGUMENT, ALREADY_EXISTS */
  insert(project: string, body: unknown) {
    const {jobReference, configuration} = parseRequest(jobBody, body);
    const {jobId: id, location = 'US'} = jobReference;
    const key = keyOf(project, location, id);
    if (this.#jobs.has(key))
      throw new ApiError('ALREADY_EXISTS', `Already Exists: Job ${project}:${location}.${id}`, {
        reason: 'duplicate',
      });
    readExportStatement(configuration.query.query);
    const job: Job = {project, id, location, configuration, state: 'PENDING', createdMs: Date.now()};
    this.#jobs.set(key, job);
    this.#start(job);
    return resourceOf(job);
  }

  /** @throws ApiError NOT_FOUND, also for a job of another location */
  get(project: string, id: string, location = 'US') {
    return resourceOf(this.#find(project, id, location));
  }

  /** An export has no rows to give; the answer says whether it is over, and waits for that. @throws ApiError when it failed */
  async results(
    project: string,
    id: string,
    {location = 'US', timeoutMs}: {location?: string; timeoutMs: number},
  ) {
    const job = this.#find(project, id, location);
    await Promise.race([this.#underWay.get(keyOf(project, location, id)), elapsed(timeoutMs)]);
    const {state, error} = this.#find(project, id, location);
    if (error !== undefined) throw new ApiError('INVALID_ARGUMENT', error.message, {reason: error.reason});
    const {jobReference} = resourceOf(job);
    return {
      kind: 'bigquery#getQueryResultsResponse',
      jobReference,
      jobComplete: state === 'DONE',
      totalRows: '0',
    };
  }

  /** Waits for the work under way. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  #find(project: string, id: string, location: string): Job {
    const job = this.#jobs.get(keyOf(project, location, id));
    if (job !== undefined) return job;
    throw new ApiError('NOT_FOUND', `Not found: Job ${project}:${location}.${id}`, {reason: 'notFound'});
  }

  #start(job: Job): void {
    const key = keyOf(job.project, job.location, job.id);
    const work = this.#work(key, job).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, work);
  }

  async #work(key: string, job: Job): Promise<void> {
    const {query, tableDefinitions = {}} = job.configuration.query;
    const statement: ExportStatement = readExportStatement(query);
    const work = {statement, tables: tableDefinitions, location: job.location};
    try {
      // A job found running after a restart has seen before that nothing was there; what is there now is its own.
      const destination = await destinationOf(work, this.#files, job.state === 'RUNNING');
      this.#jobs.set(key, {...job, state: 'RUNNING'});
      const exported = await exportAll(work, this.#files, this.#tables, destination);
      this.#jobs.set(key, {...job, state: 'DONE', endedMs: Date.now(), exported});
    } catch (error) {
      this.#jobs.set(key, {...job, state: 'DONE', endedMs: Date.now(), error: errorOf(error)});
    }
  }
}

function keyOf(project: string, location: string, id: string): string {
  return `${project}:${location.toLowerCase()}.${id}`;
}

function errorOf(error: unknown): NonNullable<Job['error']> {
  if (error instanceof QueryError) return {reason: error.reason, message: error.message};
  return {reason: 'backendError', message: error instanceof Error ? error.message : String(error)};
}

async function elapsed(ms: number): Promise<void> {
  const {promise, resolve} = Promise.withResolvers<void>();
  setTimeout(resolve, ms).unref();
  return promise;
}

function resourceOf({project, id, location, configuration, state, createdMs, endedMs, exported, error}: Job) {
  return {
    kind: 'bigquery#job',
    id: `${project}:${location}.${id}`,
    jobReference: {projectId: project, jobId: id, location},
    configuration: {...configuration, jobType: 'QUERY'},
    status: {state, ...(error && {errorResult: error, errors: [error]})},
    statistics: {
      creationTime: String(createdMs),
      ...(endedMs !== undefined && {startTime: String(createdMs), endTime: String(endedMs)}),
      query: {
        statementType: 'EXPORT_DATA',
        ...(exported && {
          exportDataStatistics: {fileCount: String(exported.files), rowCount: String(exported.rows)},
        }),
      },
    },
  };
}

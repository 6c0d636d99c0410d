import {execFileSync, fork} from 'node:child_process';
import {once} from 'node:events';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {build} from 'esbuild';
import {buildFunctions, bundlesFolder} from '../cli/build-functions.ts';
import {readDeployment} from '../cli/deployment.ts';
import {columns} from '../cli/output.ts';
import {projectFolder} from '../cli/project-folder.ts';
import {runIdOf} from '../shared/domain/ids.ts';
import {type FirstAnswer, type FirstRequest, firstAnswer, type Start} from './cold/first-answer.ts';

// From the start of a process to its first answer to a real event: every function, in turn with a bare server and with receive-data as
// it is commonly deployed, in one run.

const ROUNDS = 9;

interface Contestant {
  readonly name: string;
  readonly start: Start;
  request(round: number): FirstRequest;
}

const {functions} = await readDeployment();
const names = await buildFunctions();
for (const name of names)
  execFileSync(process.execPath, [join(bundlesFolder, name, 'warm.cjs')], {stdio: 'ignore'});
const unbundled = join(projectFolder, 'dist', 'bench', 'unbundled.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'cold', 'unbundled.ts')],
  outfile: unbundled,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
});

const cloud = fork(new URL('cold/cloud.ts', import.meta.url));
const [env] = (await once(cloud, 'message')) as [Record<string, string>];
const token = await identityToken(env);

/** A new object each time: a run that nobody has seen. */
function objectOf(round: number, offset: number) {
  return {bucket: 'bench-data', name: 'flowers/data/flowers.csv', generation: String(1 + offset + round)};
}

function event(type: string, data: unknown): FirstRequest {
  const headers = {
    'content-type': 'application/json',
    'ce-id': '1',
    'ce-source': '//bench',
    'ce-type': `google.cloud.${type}`,
    'ce-specversion': '1.0',
  };
  return {method: 'POST', headers, body: JSON.stringify(data)};
}

function finalized(round: number, offset: number): FirstRequest {
  return event('storage.object.v1.finalized', {...objectOf(round, offset), size: '1'});
}

function message(body: object): FirstRequest {
  const data = Buffer.from(JSON.stringify(body)).toString('base64');
  return event('pubsub.topic.v1.messagePublished', {message: {data}, subscription: 's'});
}

const authorization = `Bearer ${token}`;
/** Of the run that receive-data has made before. */
const status = {path: `/?run=${runIdOf({...objectOf(0, 0), epoch: 0})}`, headers: {authorization}};
/** Of a run that is not there: looked up, and put on record. */
const unknownRun = message({runId: `r${'0'.repeat(26)}`});
const REQUESTS: Readonly<Record<string, Contestant['request']>> = {
  'receive-data': (round) => finalized(round, 0),
  rerun: () => status,
  sweep: () => ({method: 'POST', headers: {authorization}}),
};

const contestants: Contestant[] = [
  {
    name: 'bare node:http',
    start: {args: [join(import.meta.dirname, 'cold', 'bare.cjs')], env},
    request: () => ({}),
  },
  {
    name: 'unbundled receive-data',
    start: {args: [frameworkMain(), `--source=${unbundled}`, '--target=receive-data'], env},
    request: (round) => finalized(round, 1000),
  },
  ...names.map((name) => ({
    name,
    start: {
      args: [join(bundlesFolder, name)],
      env: {...env, NODE_OPTIONS: functions[name]?.nodeOptions ?? ''},
    },
    request: REQUESTS[name] ?? (() => unknownRun),
  })),
];

const results = new Map<string, FirstAnswer[]>(contestants.map(({name}) => [name, []]));
for (let round = 0; round <= ROUNDS; round++) {
  for (const {name, start, request} of contestants) {
    const answer = await firstAnswer(start, request(round));
    // The first round fills the page cache.
    if (round > 0) results.get(name)?.push(answer);
  }
}
cloud.disconnect();
console.log(table());

function table(): string {
  const bare = medianOf('bare node:http', 'readyMs');
  const whole = medianOf('unbundled receive-data', 'answeredMs');
  const rows = contestants.map(({name}) => {
    const ready = medianOf(name, 'readyMs');
    const answered = medianOf(name, 'answeredMs');
    return [
      name,
      ready.toFixed(0),
      (ready / bare).toFixed(2),
      answered.toFixed(0),
      (answered / whole).toFixed(2),
      medianOf(name, 'rssMiB').toFixed(0),
    ];
  });
  const heads = ['medians', 'ready ms', 'to bare', 'first answer ms', 'to unbundled', 'RSS MiB'];
  return columns([heads, ...rows]);
}

function medianOf(name: string, figure: keyof FirstAnswer): number {
  const values = (results.get(name) ?? []).map((answer) => answer[figure]).toSorted((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? Number.NaN;
}

function frameworkMain(): string {
  return join(createRequire(import.meta.url).resolve('@google-cloud/functions-framework'), '..', 'main.js');
}

async function identityToken({GCE_METADATA_HOST, MILLRACE_AUDIENCE = ''}: Record<string, string>) {
  const account = `http://${GCE_METADATA_HOST}/computeMetadata/v1/instance/service-accounts/default`;
  const headers = {'Metadata-Flavor': 'Google'};
  return (await fetch(`${account}/identity?format=full&audience=${MILLRACE_AUDIENCE}`, {headers})).text();
}

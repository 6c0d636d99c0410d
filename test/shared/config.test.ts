import assert from 'node:assert/strict';
import {readConfig} from '../../shared/config.ts';
import {LIST_PRICES} from '../../shared/domain/list-prices.ts';

const ENV = {
  GOOGLE_CLOUD_PROJECT: 'the-project',
  MILLRACE_DATA_BUCKET: 'the-data',
  MILLRACE_RUNS_BUCKET: 'the-runs',
  MILLRACE_ADMISSION_BUCKET: 'the-admissions',
};

function complaintAbout(env: Record<string, string | undefined>): string {
  try {
    readConfig(env);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was accepted');
}

const PRICES = {date: '2027-01-31', source: 'https://prices.example/', regions: {}};

describe('readConfig', () => {
  it('needs a project and three buckets; the rest has defaults', () => {
    assert.deepEqual(readConfig({...ENV, PATH: '/bin'}), {
      project: 'the-project',
      region: 'us-central1',
      listen: {host: '0.0.0.0', port: 8080},
      buckets: {data: 'the-data', runs: 'the-runs', admission: 'the-admissions'},
      database: 'millrace',
      repository: 'millrace',
      builderAccount: undefined,
      trainerAccount: undefined,
      audience: undefined,
      invokers: [],
      certificatesUrl: undefined,
      platformVerifiesTokens: false,
      rerunUrl: undefined,
      permits: {build: 10, tuning: 20, training: 20},
      jobSubmissions: 60,
      prices: LIST_PRICES,
      traces: undefined,
      logLevel: 'info',
      pubsubHost: undefined,
      machineTypes: [
        'n1-standard-2',
        'n1-standard-4',
        'n1-standard-8',
        'n1-standard-16',
        'n1-highmem-2',
        'n1-highmem-4',
        'n1-highmem-8',
        'n1-highmem-16',
        'e2-standard-2',
        'e2-standard-4',
        'e2-standard-8',
        'e2-standard-16',
        'e2-highmem-2',
        'e2-highmem-4',
        'e2-highmem-8',
        'e2-highmem-16',
        'mls1-c1-m2',
        'mls1-c4-m2',
      ],
      sources: {inlineBytes: 5 * 1024 ** 3, datasets: []},
      rootUrls: {
        cloudbuild: undefined,
        artifactregistry: undefined,
        aiplatform: undefined,
        ml: undefined,
        workflowexecutions: undefined,
      },
    });
  });

  it('keeps every setting that is given', () => {
    const config = readConfig({
      ...ENV,
      MILLRACE_REGION: 'northamerica-northeast1',
      PORT: '0',
      HOST: '127.0.0.1',
      MILLRACE_DATABASE: '(default)',
      MILLRACE_REPOSITORY: 'trainers',
      MILLRACE_BUILDER_ACCOUNT: 'builder@the-project.iam.gserviceaccount.com',
      MILLRACE_TRAINER_ACCOUNT: 'trainer@the-project.iam.gserviceaccount.com',
      MILLRACE_AUDIENCE: 'the-audience',
      MILLRACE_INVOKERS: 'jo@the-project.example,sam@the-project.example',
      MILLRACE_CERTIFICATES_URL: 'http://127.0.0.1:3/certs',
      MILLRACE_PLATFORM_VERIFIES_TOKENS: 'true',
      MILLRACE_RERUN_URL: 'https://rerun.example/',
      MILLRACE_MAX_BUILDS: '1',
      MILLRACE_MAX_TUNING_JOBS: '2',
      MILLRACE_MAX_TRAINING_JOBS: '3',
      MILLRACE_JOB_SUBMISSIONS: '300',
      MILLRACE_SPLIT_INLINE_LIMIT: '1000000',
      MILLRACE_MACHINE_TYPES: 'n1-standard-4,g2-standard-4',
      MILLRACE_TABLE_DATASETS: 'the-project.sales,other-project.web_logs',
      MILLRACE_PRICES: JSON.stringify(PRICES),
      MILLRACE_TRACES: 'https://telemetry.googleapis.com/v1/traces',
      MILLRACE_LOG_LEVEL: 'silent',
      PUBSUB_EMULATOR_HOST: 'localhost:8085',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD: 'http://127.0.0.1:1/',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY: 'http://127.0.0.1:2/',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM: 'https://aiplatform.example/',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_ML: 'https://ml.example/',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWEXECUTIONS: 'http://127.0.0.1:3/',
    });

    assert.deepEqual(config, {
      project: 'the-project',
      region: 'northamerica-northeast1',
      listen: {host: '127.0.0.1', port: 0},
      buckets: {data: 'the-data', runs: 'the-runs', admission: 'the-admissions'},
      database: '(default)',
      repository: 'trainers',
      builderAccount: 'builder@the-project.iam.gserviceaccount.com',
      trainerAccount: 'trainer@the-project.iam.gserviceaccount.com',
      audience: 'the-audience',
      invokers: ['jo@the-project.example', 'sam@the-project.example'],
      certificatesUrl: 'http://127.0.0.1:3/certs',
      platformVerifiesTokens: true,
      rerunUrl: 'https://rerun.example/',
      permits: {build: 1, tuning: 2, training: 3},
      jobSubmissions: 300,
      machineTypes: ['n1-standard-4', 'g2-standard-4'],
      sources: {inlineBytes: 1_000_000, datasets: ['the-project.sales', 'other-project.web_logs']},
      prices: PRICES,
      traces: 'https://telemetry.googleapis.com/v1/traces',
      logLevel: 'silent',
      pubsubHost: 'localhost:8085',
      rootUrls: {
        cloudbuild: 'http://127.0.0.1:1/',
        artifactregistry: 'http://127.0.0.1:2/',
        aiplatform: 'https://aiplatform.example/',
        ml: 'https://ml.example/',
        workflowexecutions: 'http://127.0.0.1:3/',
      },
    });
  });

  it('names every missing variable at once', () => {
    const message = complaintAbout({});

    for (const name of Object.keys(ENV)) assert.match(message, new RegExp(`^ {2}${name}: `, 'm'));
  });

  const broken: Record<string, string> = {
    GOOGLE_CLOUD_PROJECT: '',
    PORT: '65536',
    HOST: '',
    PUBSUB_EMULATOR_HOST: 'http://localhost:8085',
    MILLRACE_REGION: 'Belgium',
    MILLRACE_MAX_BUILDS: '0',
    MILLRACE_MAX_TUNING_JOBS: '2.5',
    MILLRACE_MAX_TRAINING_JOBS: 'many',
    MILLRACE_JOB_SUBMISSIONS: '4',
    MILLRACE_SPLIT_INLINE_LIMIT: '5368709121',
    MILLRACE_MACHINE_TYPES: 'n1 standard',
    MILLRACE_TABLE_DATASETS: 'sales',
    MILLRACE_DATA_BUCKET: 'gs://the-data',
    MILLRACE_RUNS_BUCKET: 'The-Runs',
    MILLRACE_DATABASE: '',
    MILLRACE_REPOSITORY: '',
    MILLRACE_BUILDER_ACCOUNT: 'builder',
    MILLRACE_TRAINER_ACCOUNT: 'trainer',
    MILLRACE_AUDIENCE: '',
    MILLRACE_INVOKERS: 'jo@the-project.example, sam',
    MILLRACE_CERTIFICATES_URL: 'certs',
    MILLRACE_RERUN_URL: 'rerun.example',
    MILLRACE_PRICES: '{',
    MILLRACE_TRACES: 'file:///tmp/traces',
    MILLRACE_LOG_LEVEL: 'loud',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDBUILD: '127.0.0.1:8790',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_ARTIFACTREGISTRY: 'ftp://127.0.0.1/',
    CLOUDSDK_API_ENDPOINT_OVERRIDES_AIPLATFORM: '/v1',
  };
  for (const [name, value] of Object.entries(broken)) {
    it(`refuses ${name}=${value}`, () => {
      assert.match(complaintAbout({...ENV, [name]: value}), new RegExp(`^ {2}${name}: `, 'm'));
    });
  }

  it('tells which part of a price table is wrong', () => {
    const prices = JSON.stringify({...PRICES, date: 'today'});

    assert.match(complaintAbout({...ENV, MILLRACE_PRICES: prices}), /^ {2}MILLRACE_PRICES\.date: Invalid/m);
  });

  it('refuses one bucket for both, whose outputs would start runs', () => {
    assert.match(
      complaintAbout({...ENV, MILLRACE_RUNS_BUCKET: 'the-data'}),
      /^ {2}MILLRACE_RUNS_BUCKET: must differ from MILLRACE_DATA_BUCKET/m,
    );
  });
});

import {z} from 'zod';
import type {Target} from '../deployment-inputs.ts';
import type {CloudCheck} from './cloud-check.ts';
import {type Finding, failed, fine} from './finding.ts';

/** https://cloud.google.com/docs/quotas/reference/rest/v1/projects.locations.services.quotaInfos; without a value there is no limit. */
const quotasSchema = z.array(
  z.object({
    metric: z.string(),
    metricDisplayName: z.string().default(''),
    dimensionsInfos: z
      .array(
        z.object({
          applicableLocations: z.array(z.string()).default([]),
          details: z.object({value: z.string().optional()}).default({}),
        }),
      )
      .default([]),
  }),
);

interface Need {
  readonly title: string;
  readonly isMeant: (metric: string, displayName: string) => boolean;
  /** The least that one run needs. */
  readonly least: number;
  readonly unit: string;
  /** What Google gives by its documentation where a project's own list does not have it. */
  readonly documented: string;
}

const NEEDS: readonly Need[] = [
  {
    title: 'quota of job submissions',
    isMeant: (_, displayName) => /\bjob\b.*\bsubmission/i.test(displayName),
    // Every run submits two jobs, and every try of one again.
    least: 60,
    unit: 'a minute',
    documented: 'not listed; 60 a minute is what Google documents',
  },
  {
    title: 'quota of training CPUs',
    isMeant: (metric) => metric === 'aiplatform.googleapis.com/custom_model_training_cpus',
    // Three trials at once, each on an n1-standard-4.
    least: 12,
    unit: 'at once',
    documented: 'not listed; new projects have 42 at once',
  },
];

export const quotaChecks: readonly CloudCheck[] = NEEDS.map((need) => ({
  title: need.title,
  ask: ({project}) => [
    'beta',
    'quotas',
    'info',
    'list',
    '--service=aiplatform.googleapis.com',
    `--project=${project}`,
  ],
  judge: (answer, target) => judge(need, quotasSchema.parse(answer), target),
  remedy: ({project}) =>
    `gcloud services enable cloudquotas.googleapis.com aiplatform.googleapis.com --project=${project}`,
}));

function judge(need: Need, quotas: z.output<typeof quotasSchema>, {project, region}: Target): Finding {
  const infos = quotas
    .filter(({metric, metricDisplayName}) => need.isMeant(metric, metricDisplayName))
    .flatMap(({dimensionsInfos}) => dimensionsInfos)
    .filter(({applicableLocations}) => applicableLocations.includes(region));
  if (infos.length === 0) return fine(need.documented);
  const limits = infos.map(({details}) => Number(details.value ?? Number.POSITIVE_INFINITY));
  const limit = Math.min(...limits.map((value) => (value < 0 ? Number.POSITIVE_INFINITY : value)));
  if (limit === Number.POSITIVE_INFINITY) return fine('no limit');
  if (limit >= need.least) return fine(`${limit} ${need.unit}`);
  return failed(
    `${limit} ${need.unit}, and ${need.least} are needed`,
    `open "https://console.cloud.google.com/iam-admin/quotas?project=${project}"   # ask for more in ${region}`,
  );
}

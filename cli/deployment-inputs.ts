import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import hcl from 'hcl2-parser';
import {z} from 'zod';
import {PermanentError} from '../shared/errors.ts';
import {projectFolder} from './project-folder.ts';

/** Where something is deployed. */
export interface Target {
  readonly project: string;
  readonly region: string;
}

/** The variables of infra/ that a person sets; infra/variables.tf describes them. */
const inputsSchema = z.strictObject({
  project: z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'expected the id of a project'),
  region: z.string().regex(/^[a-z]+-[a-z]+[0-9]+$/, 'expected a region such as us-central1'),
  operators: z.array(z.email()).optional(),
  alert_email: z.email().nullish(),
  monthly_budget: z.number().positive().optional(),
  traces: z.boolean().optional(),
  table_datasets: z.array(z.string().regex(/^[^.]+\.[^.]+$/, 'expected project.dataset')).optional(),
  settings: z.record(z.string(), z.string()).optional(),
  sources: z.string().optional(),
});

export type DeploymentInputs = z.output<typeof inputsSchema>;

export const INPUT_NAMES = Object.keys(inputsSchema.shape);

const answerSchema = z.tuple([z.string(), z.unknown()]);

/**
 * What infra/terraform.tfvars says, and over it what was given by flags.
 * @param where the file; it may be missing
 * @throws PermanentError INPUTS
 */
export async function readInputs(
  flags: Partial<Target>,
  where = join(projectFolder, 'infra', 'terraform.tfvars'),
): Promise<DeploymentInputs> {
  const text = await readFile(where, 'utf8').catch(() => '');
  const [json, problem] = answerSchema.parse(hcl.parseToString(text));
  if (problem !== null) throw refused(where, 'it is not of the form NAME = VALUE');
  const {success, data, error} = inputsSchema.safeParse({...JSON.parse(json), ...flags});
  if (success) return data;
  throw refused(where, z.prettifyError(error));
}

function refused(where: string, message: string): PermanentError {
  return new PermanentError('INPUTS', message, {
    where,
    hint: 'Copy infra/terraform.tfvars.example to infra/terraform.tfvars and fill it in, or give --project and --region.',
  });
}

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'yaml';
import {z} from 'zod';
import {projectFolder} from './project-folder.ts';

const triggerSchema = z.union([
  z.strictObject({bucket: z.literal('data')}),
  z.strictObject({topic: z.string()}),
  z.strictObject({http: z.literal(true)}),
  z.strictObject({schedule: z.string()}),
]);

const deploymentSchema = z.strictObject({
  topics: z.array(z.string()),
  /** The form that all messages of a topic have: infra/schemas/NAME.proto. */
  schemas: z.record(z.string(), z.string()),
  sinks: z.record(z.string(), z.strictObject({topic: z.string(), filter: z.string()})),
  deadLetters: z.strictObject({
    topic: z.string(),
    maxDeliveryAttempts: z.number().int().min(5).max(100),
    subscription: z.string(),
    retentionDays: z.number().int().min(1).max(31),
    unrecordedTopic: z.string(),
  }),
  functions: z.record(
    z.string(),
    z.strictObject({
      triggers: z.array(triggerSchema).min(1),
      memory: z.string(),
      /** NODE_OPTIONS of its process. */
      nodeOptions: z.string().default(''),
      timeoutSeconds: z.number().int().max(540),
      maxInstances: z.number().int().min(1).max(100),
    }),
  ),
});

/** What is deployed and what starts it, as infra/functions.yaml says. */
export type Deployment = z.output<typeof deploymentSchema>;

export async function readDeployment(): Promise<Deployment> {
  return deploymentSchema.parse(
    parse(await readFile(join(projectFolder, 'infra', 'functions.yaml'), 'utf8')),
  );
}

import {parseDocument} from 'yaml';
import {z} from 'zod';
import {sha256Hex} from './domain/ids.ts';
import {type Pipeline, pipelineSchema} from './domain/pipeline.ts';
import {visible} from './domain/split/excerpt.ts';
import {controlFault, secretFault, structureFault, type ValueFault} from './domain/untrusted-value.ts';
import {PermanentError} from './errors.ts';
import {explainIssues} from './explain-issues.ts';

const MAX_ALIASES = 20;
/** Far more than anybody writes by hand; equal keys are looked for pair by pair. */
const MAX_BYTES = 64 * 1024;
const PUSH_HINT = 'Correct pipeline.yaml, run "millrace push" again, then drop the file again.';
const SYNTAX_HINT = 'Make it one plain YAML document; examples/ has working ones.';
const SECRET_HINT =
  'A pipeline needs no secrets: take it out, and replace it at its service, since others may have read it here.';

/** To be asked before the file is loaded. @throws PermanentError CONFIG_TOO_LARGE */
export function assertPipelineSize(sizeBytes: number, where: string): void {
  if (sizeBytes <= MAX_BYTES) return;
  const message = `pipeline.yaml has ${sizeBytes} bytes, at most ${MAX_BYTES} are read`;
  throw new PermanentError('CONFIG_TOO_LARGE', message, {where, hint: SYNTAX_HINT});
}

/**
 * Reads the text of a pipeline.yaml.
 * @param where the file's name, for the message
 * @throws PermanentError CONFIG_SYNTAX, SECRET_IN_CONFIG, or CONFIG_INVALID, naming line, path and the nearest known key
 */
export function parsePipeline(text: string, where: string): {digest: string; pipeline: Pipeline} {
  return {digest: sha256Hex(text), pipeline: checkPipeline(readYaml(text, where), where, PUSH_HINT)};
}

/** @throws PermanentError SECRET_IN_CONFIG, or CONFIG_INVALID, naming path and the nearest known key */
export function checkPipeline(definition: unknown, where: string, hint: string): Pipeline {
  assertPlain(definition, where, hint);
  const parsed = pipelineSchema.safeParse(definition);
  if (parsed.success) return parsed.data;
  const message = explainIssues(parsed.error.issues, pipelineJsonSchema());
  throw new PermanentError('CONFIG_INVALID', message, {where, hint});
}

/** @throws PermanentError CONFIG_INVALID, SECRET_IN_CONFIG */
function assertPlain(definition: unknown, where: string, hint: string): void {
  const fault = structureFault(definition) ?? controlFault(definition);
  if (fault !== undefined) throw new PermanentError('CONFIG_INVALID', sentence(fault), {where, hint});
  const secret = secretFault(definition);
  if (secret !== undefined)
    throw new PermanentError('SECRET_IN_CONFIG', sentence(secret), {where, hint: SECRET_HINT});
}

function sentence({path, message}: ValueFault): string {
  return `${path || 'the file'} ${message}`;
}

/** @throws PermanentError CONFIG_TOO_LARGE, or CONFIG_SYNTAX for anything but one plain YAML document */
function readYaml(text: string, where: string): unknown {
  assertPipelineSize(Buffer.byteLength(text), where);
  // A directive in the file could ask for YAML 1.1, which has merge keys, binary data and other numbers.
  const options = {schema: 'core', resolveKnownTags: false, merge: false} as const;
  const document = parseDocument(text, {...options, strict: true, logLevel: 'error'});
  const [problem] = [...document.errors, ...document.warnings];
  if (problem?.code === 'RESOURCE_EXHAUSTION') throw unreadable('it is nested too deep', where);
  if (problem !== undefined) throw unreadable(firstLineOf(problem.message), where);
  if (document.contents === null) throw unreadable('it is empty', where);
  try {
    return document.toJS({maxAliasCount: MAX_ALIASES});
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error), where);
  }
}

function firstLineOf(message: string): string {
  return message.replace(/:?\n[\s\S]*/, '');
}

function unreadable(why: string, where: string): PermanentError {
  const message = `pipeline.yaml is not readable: ${visible(why)}`;
  return new PermanentError('CONFIG_SYNTAX', message, {where, hint: SYNTAX_HINT});
}

/** The JSON Schema of pipeline.yaml, for editors. */
export function pipelineJsonSchema() {
  return z.toJSONSchema(pipelineSchema, {io: 'input', unrepresentable: 'any'});
}

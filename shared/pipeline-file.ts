import {closest, distance} from 'fastest-levenshtein';
import {parseDocument} from 'yaml';
import {z} from 'zod';
import {sha256Hex} from './domain/ids.ts';
import {type Pipeline, pipelineSchema} from './domain/pipeline.ts';
import {PermanentError} from './errors.ts';

const MAX_ALIASES = 20;
const MAX_BYTES = 256 * 1024;
const PUSH_HINT = 'Correct pipeline.yaml, run "millrace push" again, then drop the file again.';
const SYNTAX_HINT = 'Make it one plain YAML document; examples/ has working ones.';

/** To be asked before the file is loaded. @throws PermanentError CONFIG_TOO_LARGE */
export function assertPipelineSize(sizeBytes: number, where: string): void {
  if (sizeBytes <= MAX_BYTES) return;
  const message = `pipeline.yaml has ${sizeBytes} bytes, at most ${MAX_BYTES} are read`;
  throw new PermanentError('CONFIG_TOO_LARGE', message, {where, hint: SYNTAX_HINT});
}

/**
 * Reads the text of a pipeline.yaml.
 * @param where the file's name, for the message
 * @throws PermanentError CONFIG_SYNTAX or CONFIG_INVALID, naming line, path and the nearest known key
 */
export function parsePipeline(text: string, where: string): {digest: string; pipeline: Pipeline} {
  return {digest: sha256Hex(text), pipeline: checkPipeline(readYaml(text, where), where, PUSH_HINT)};
}

/** @throws PermanentError CONFIG_INVALID, naming path and the nearest known key */
export function checkPipeline(definition: unknown, where: string, hint: string): Pipeline {
  const parsed = pipelineSchema.safeParse(definition);
  if (parsed.success) return parsed.data;
  throw new PermanentError('CONFIG_INVALID', parsed.error.issues.map(explain).join('; '), {
    where,
    hint,
  });
}

/** @throws PermanentError CONFIG_SYNTAX for anything but one plain YAML document. */
function readYaml(text: string, where: string): unknown {
  assertPipelineSize(Buffer.byteLength(text), where);
  const document = parseDocument(text, {strict: true, merge: false, prettyErrors: true, logLevel: 'error'});
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const [firstLine = ''] = problem.message.split('\n');
    throw new PermanentError(
      'CONFIG_SYNTAX',
      `pipeline.yaml is not readable: ${firstLine.replace(/:$/, '')}`,
      {where, hint: SYNTAX_HINT},
    );
  }
  try {
    return document.toJS({maxAliasCount: MAX_ALIASES});
  } catch (error) {
    throw new PermanentError('CONFIG_SYNTAX', `pipeline.yaml is not readable: ${String(error)}`, {
      where,
      hint: SYNTAX_HINT,
      cause: error,
    });
  }
}

/** One complaint of the schema as a sentence part: `tune.maxTrails is not a known key; did you mean maxTrials?`. */
function explain(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String);
  const asMap = issue.code === 'invalid_union' ? issue.errors.find(isAboutMap) : undefined;
  if (asMap !== undefined)
    return asMap.map((inner) => explain({...inner, path: [...issue.path, ...inner.path]})).join('; ');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => `${[...path, key].join('.')} is not a known key${suggestion(key, path)}`)
      .join('; ');
  }
  return `${path.join('.') || 'the file'}: ${issue.message}`;
}

/** Was it a map, and is something wrong inside? Of several forms that is the one that was meant. */
function isAboutMap(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.every(({code, path}) => path.length > 0 || code === 'unrecognized_keys');
}

function suggestion(key: string, path: readonly string[]): string {
  // A key of another variant is known, but has no place here.
  const known = knownKeys(path).filter((name) => name !== key);
  if (known.length === 0) return '';
  const nearest = closest(key, known);
  return distance(key, nearest) <= Math.max(2, key.length / 3)
    ? `; did you mean ${nearest}?`
    : `; known keys are ${known.join(', ')}`;
}

const jsonSchemaNode = z.looseObject({
  get oneOf() {
    return z.array(jsonSchemaNode).optional();
  },
  get properties() {
    return z.record(z.string(), jsonSchemaNode).optional();
  },
  get additionalProperties() {
    return z.union([jsonSchemaNode, z.boolean()]).optional();
  },
  get anyOf() {
    return z.array(jsonSchemaNode).optional();
  },
});

type JsonSchemaNode = z.output<typeof jsonSchemaNode>;

/** The keys the schema knows at a path, read off its JSON Schema. */
function knownKeys(path: readonly string[]): string[] {
  let nodes = formsOf(jsonSchemaNode.parse(pipelineJsonSchema()));
  for (const step of path)
    nodes = nodes.flatMap((node) => formsOf(node.properties?.[step] ?? valuesOf(node)));
  return [...new Set(nodes.flatMap(({properties}) => Object.keys(properties ?? {})))];
}

/** What a value may be, each of several forms. */
function formsOf(node: JsonSchemaNode | undefined): JsonSchemaNode[] {
  if (node === undefined) return [];
  return node.oneOf ?? node.anyOf ?? [node];
}

function valuesOf(node: JsonSchemaNode | undefined): JsonSchemaNode | undefined {
  return typeof node?.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

/** The JSON Schema of pipeline.yaml, for editors. */
export function pipelineJsonSchema() {
  return z.toJSONSchema(pipelineSchema, {io: 'input', unrepresentable: 'any'});
}

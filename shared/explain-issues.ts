import {closest, distance} from 'fastest-levenshtein';
import {z} from 'zod';
import {shown} from './domain/untrusted-value.ts';

/** A reader mends the first ones and asks again. */
const MOST = 8;

/**
 * What a schema finds wrong with a definition, as one sentence: `tune.maxTrails is not a known key; did you mean maxTrials?`. Names at
 * most eight things, however many there are.
 * @param jsonSchema of the same schema: it knows the keys
 */
export function explainIssues(issues: readonly z.core.$ZodIssue[], jsonSchema: unknown): string {
  const root = jsonSchemaNode.parse(jsonSchema);
  const said: string[] = [];
  for (const part of explainAll(issues, root)) {
    if (said.length === MOST) return [...said, 'and more'].join('; ');
    said.push(part);
  }
  return said.join('; ');
}

/** Parts of the sentence, each made when it is asked for. */
function* explainAll(issues: readonly z.core.$ZodIssue[], root: JsonSchemaNode): Generator<string> {
  for (const issue of issues) yield* explain(issue, root);
}

function* explain(issue: z.core.$ZodIssue, root: JsonSchemaNode): Generator<string> {
  const path = issue.path.map(String);
  const asMap = issue.code === 'invalid_union' ? issue.errors.find(isAboutMap) : undefined;
  if (asMap !== undefined) {
    const inside = asMap.map((inner) => ({...inner, path: [...issue.path, ...inner.path]}));
    yield* explainAll(inside, root);
  } else if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys)
      yield `${shown([...path, key])} is not a known key${suggestion(key, knownKeys(path, root))}`;
  } else {
    yield `${shown(path) || 'the file'}: ${issue.message}`;
  }
}

/** Was it a map, and is something wrong inside? Of several forms that is the one that was meant. */
function isAboutMap(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.every(({code, path}) => path.length > 0 || code === 'unrecognized_keys');
}

function suggestion(key: string, keys: readonly string[]): string {
  // A key of another variant is known, but has no place here.
  const known = keys.filter((name) => name !== key);
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

/** The keys the schema knows at a path. */
function knownKeys(path: readonly string[], root: JsonSchemaNode): string[] {
  let nodes = formsOf(root);
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

import {pathOf} from './expression.ts';
import {parseTemplate, parseWholeExpression} from './parse-template.ts';
import type {Retry, Template} from './program.ts';
import type {SourceNode} from './source.ts';

const DEFAULT_BACKOFF = literalMap({initial_delay: 1, max_delay: 60, multiplier: 1.25});

/** The policies that have a name: the predicate of each; all retry five times with the default back-off. */
const NAMED_POLICIES: Readonly<Record<string, string>> = {
  'http.default_retry': 'http.default_retry_predicate',
  'http.default_retry_non_idempotent': 'http.default_retry_predicate_non_idempotent',
};

/** A policy by its name, or one written out. @throws BuildError */
export function parseRetry(node: SourceNode): Retry {
  if (!node.isMap) {
    const predicate = NAMED_POLICIES[nameIn(node, 'retry')];
    if (predicate === undefined) return node.refuse('no such retry policy');
    return {predicate, maxRetries: {kind: 'literal', value: 5n}, backoff: DEFAULT_BACKOFF};
  }
  const {predicate, max_retries, backoff} = node.fields('retry', ['predicate', 'max_retries', 'backoff']);
  if (!predicate || !max_retries || !backoff) {
    return node.refuse('retry needs predicate, max_retries and backoff');
  }
  return {
    predicate: nameIn(predicate, 'predicate'),
    maxRetries: parseTemplate(max_retries),
    backoff: parseBackoff(backoff),
  };
}

function parseBackoff(node: SourceNode): Template {
  if (!node.isMap) {
    return nameIn(node, 'backoff') === 'retry.default_backoff'
      ? DEFAULT_BACKOFF
      : node.refuse('no such back-off');
  }
  const {initial_delay, max_delay, multiplier} = node.fields('backoff', [
    'initial_delay',
    'max_delay',
    'multiplier',
  ]);
  if (!initial_delay || !max_delay || !multiplier) {
    return node.refuse('backoff needs initial_delay, max_delay and multiplier');
  }
  return parseTemplate(node);
}

function nameIn(node: SourceNode, what: string): string {
  const expression = parseWholeExpression(node, what);
  try {
    return pathOf(expression);
  } catch {
    return node.refuse(`${what} must be a name`);
  }
}

function literalMap(fields: Readonly<Record<string, number>>): Template {
  const entries = Object.entries(fields).map(
    ([key, value]) =>
      [
        {kind: 'literal', value: key},
        {kind: 'literal', value},
      ] as const,
  );
  return {kind: 'map', entries};
}

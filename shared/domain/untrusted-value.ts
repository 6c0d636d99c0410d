import {secretIn} from './secrets.ts';
import {visible} from './split/excerpt.ts';

/** Far more than any of our formats has. */
const MAX_DEPTH = 20;
const LONGEST_NAME = 60;

/** Control characters but the tab, and halves of a character. */
const NOT_TEXT = /[^\P{Cc}\t]|\p{Cs}/u;

/** What is wrong with one value inside another. */
export interface ValueFault {
  /** The way to it, e.g. `tune.parameters`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/**
 * What makes a value from JSON or YAML dangerous to walk or to merge, whatever a schema says of it: names that every object has, such as
 * `__proto__`, and depth without end.
 */
export function structureFault(root: unknown): ValueFault | undefined {
  for (const {path} of nodesOf(root)) {
    if (path.length > MAX_DEPTH)
      return {path: shown(path.slice(0, 3)), message: `is nested deeper than ${MAX_DEPTH} levels`};
    if (Object.hasOwn(Object.prototype, path.at(-1) ?? ''))
      return {path: shown(path), message: 'is a name that every object has'};
  }
  return undefined;
}

/** The first name or text with a control character. */
export function controlFault(root: unknown): ValueFault | undefined {
  for (const {path, texts} of nodesOf(root)) {
    if (texts.some((text) => NOT_TEXT.test(text)))
      return {path: shown(path), message: 'holds a control character'};
  }
  return undefined;
}

/** The first name or text that looks like a key or token. Says what it is and how long, never what it says. */
export function secretFault(root: unknown): ValueFault | undefined {
  for (const {path, texts} of nodesOf(root)) {
    const found = texts.find((text) => secretIn(text) !== undefined);
    if (found === undefined) continue;
    const isName = found === path.at(-1);
    const message = `holds what looks like ${secretIn(found)} (${found.length} characters)`;
    return {path: shown(isName ? path.slice(0, -1) : path), message};
  }
  return undefined;
}

/** A way as it may stand in a message: invisible characters written out, names cut. */
export function shown(path: readonly string[]): string {
  return path
    .map((name) => visible(name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name))
    .join('.');
}

interface Node {
  readonly path: readonly string[];
  /** Its name, and itself when it is a text. */
  readonly texts: readonly string[];
}

/** A value and all inside it, down to one level more than is allowed: an alias may lead round in YAML. */
function* nodesOf(root: unknown): Generator<Node> {
  const open: {path: readonly string[]; value: unknown}[] = [{path: [], value: root}];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const {path, value} = node;
    yield {path, texts: [...path.slice(-1), ...(typeof value === 'string' ? [value] : [])]};
    if (typeof value !== 'object' || value === null || path.length > MAX_DEPTH) continue;
    for (const [name, inner] of Object.entries(value).toReversed())
      open.push({path: [...path, name], value: inner});
  }
}

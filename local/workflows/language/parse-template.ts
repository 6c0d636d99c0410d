import {type Expression, parseExpression} from './expression.ts';
import type {Template} from './program.ts';
import type {SourceNode} from './source.ts';

const WHOLE_EXPRESSION = /^\s*\$\{([\s\S]*)\}\s*$/;

/** A value that may hold expressions anywhere, in keys too. @throws BuildError */
export function parseTemplate(node: SourceNode): Template {
  if (node.isList) return {kind: 'list', items: node.items('value').map(parseTemplate)};
  if (node.isMap) {
    const entries = node.entries('value');
    return {kind: 'map', entries: entries.map(([key, value]) => [parseTemplate(key), parseTemplate(value)])};
  }
  const {scalar} = node;
  if (typeof scalar === 'string') return parseText(node, scalar);
  if (typeof scalar === 'bigint' && BigInt.asIntN(64, scalar) !== scalar) {
    return node.refuse(`${scalar} is no 64-bit integer`);
  }
  return {kind: 'literal', value: scalar as null | boolean | bigint | number};
}

function parseText(node: SourceNode, text: string): Template {
  const inner = WHOLE_EXPRESSION.exec(text)?.[1];
  if (inner !== undefined) return {kind: 'expression', expression: expressionIn(node, inner)};
  if (text.includes('${')) {
    return node.refuse(`an expression must be the whole value, write \${"text" + name} in place of: ${text}`);
  }
  return {kind: 'literal', value: text};
}

/** The expression that `${text}` stands for. */
export function expressionIn(node: SourceNode, text: string): Expression {
  try {
    return parseExpression(text);
  } catch (error) {
    return node.refuse(error instanceof Error ? error.message : String(error));
  }
}

/** A value that must be one expression, `${...}`. */
export function parseWholeExpression(node: SourceNode, what: string): Expression {
  const template = parseTemplate(node);
  return template.kind === 'expression' ? template.expression : node.refuse(`${what} must be an expression`);
}

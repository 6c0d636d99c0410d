import jsep from 'jsep';
import type {Value} from '../run/value.ts';

export type Expression =
  | {readonly kind: 'literal'; readonly value: Value}
  | {readonly kind: 'variable'; readonly name: string}
  | {readonly kind: 'list'; readonly items: readonly Expression[]}
  | {readonly kind: 'member'; readonly object: Expression; readonly key: Expression}
  | {readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression}
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[]};

const UNARY = {'-': '-', not: 'not', NOT: 'not'} as const;

/** Each operator as it is written, what it means, and how strongly it binds. */
const BINARY = {
  or: ['or', 1],
  OR: ['or', 1],
  and: ['and', 2],
  AND: ['and', 2],
  '<': ['<', 3],
  '<=': ['<=', 3],
  '>': ['>', 3],
  '>=': ['>=', 3],
  '==': ['==', 3],
  '!=': ['!=', 3],
  in: ['in', 3],
  '+': ['+', 4],
  '-': ['-', 4],
  '*': ['*', 5],
  '/': ['/', 5],
  '//': ['//', 5],
  '%': ['%', 5],
} as const;

export type UnaryOperator = (typeof UNARY)[keyof typeof UNARY];
export type BinaryOperator = (typeof BINARY)[keyof typeof BINARY][0];

jsep.removeAllUnaryOps();
jsep.removeAllBinaryOps();
jsep.removeAllLiterals();
for (const operator of Object.keys(UNARY)) jsep.addUnaryOp(operator);
for (const [operator, [, precedence]] of Object.entries(BINARY)) jsep.addBinaryOp(operator, precedence);
for (const name of ['true', 'True', 'TRUE']) jsep.addLiteral(name, true);
for (const name of ['false', 'False', 'FALSE']) jsep.addLiteral(name, false);
for (const name of ['null', 'Null', 'NULL']) jsep.addLiteral(name, null);

const MAX_EXPRESSION_LENGTH = 400;

/** Why a text is no expression. */
class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** Reads the text between `${` and `}`. @throws ExpressionError */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    throw new ExpressionError(`expression is longer than ${MAX_EXPRESSION_LENGTH} characters`);
  }
  return translate(syntaxOf(text));
}

function syntaxOf(text: string): jsep.Expression {
  // The parser reads `a,` and `a;` as `a`.
  if (/^\s*[,;]|[,;]\s*$/.test(text)) throw new ExpressionError(`unexpected separator in "${text}"`);
  try {
    return jsep(text);
  } catch (error) {
    throw new ExpressionError(`${error instanceof Error ? error.message : error} in "${text}"`);
  }
}

function translate(syntax: jsep.Expression): Expression {
  const node = syntax as jsep.CoreExpression;
  switch (node.type) {
    case 'Literal':
      return {kind: 'literal', value: literalOf(node)};
    case 'Identifier':
      return {kind: 'variable', name: nameOf(node)};
    case 'ArrayExpression':
      return {kind: 'list', items: node.elements.map(elementOf)};
    case 'MemberExpression':
      return memberOf(node);
    case 'UnaryExpression':
      return {
        kind: 'unary',
        operator: UNARY[node.operator as keyof typeof UNARY],
        operand: translate(node.argument),
      };
    case 'BinaryExpression':
      return {
        kind: 'binary',
        operator: BINARY[node.operator as keyof typeof BINARY][0],
        left: translate(node.left),
        right: translate(node.right),
      };
    case 'CallExpression':
      return {kind: 'call', name: pathOf(translate(node.callee)), args: node.arguments.map(translate)};
    default:
      throw new ExpressionError(`not an expression of the language: ${node.type}`);
  }
}

function literalOf({value, raw}: jsep.Literal): Value {
  if (typeof value !== 'number') return value === null || typeof value === 'boolean' ? value : String(value);
  if (!/^\d+$/.test(raw)) return value;
  const whole = BigInt(raw);
  if (BigInt.asIntN(64, whole) !== whole) throw new ExpressionError(`${raw} is no 64-bit integer`);
  return whole;
}

function nameOf({name}: jsep.Identifier): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new ExpressionError(`"${name}" is no name`);
  return name;
}

function elementOf(element: jsep.Expression | null): Expression {
  if (element === null) throw new ExpressionError('a list has an empty place');
  return translate(element);
}

function memberOf({object, property, computed, optional}: jsep.MemberExpression): Expression {
  if (optional) throw new ExpressionError('unexpected "?."');
  const key = translate(property);
  if (computed || key.kind !== 'variable') return {kind: 'member', object: translate(object), key};
  return {kind: 'member', object: translate(object), key: {kind: 'literal', value: key.name}};
}

/** The dotted name of a function, e.g. `text.split`. @throws ExpressionError for anything else. */
export function pathOf(expression: Expression): string {
  if (expression.kind === 'variable') return expression.name;
  if (expression.kind === 'member' && expression.key.kind === 'literal') {
    return `${pathOf(expression.object)}.${expression.key.value}`;
  }
  throw new ExpressionError('only functions and subworkflows can be called');
}

import type {BinaryOperator, UnaryOperator} from '../language/expression.ts';
import {failure} from './raised.ts';
import {isEqual, isList, isMap, isNumeric, textOf, typeOf, type Value} from './value.ts';

type Number64 = bigint | number;

/** What an operator with two evaluated sides makes; `and` and `or` see their right side only when the left leaves it open. */
export function applyBinary(
  operator: Exclude<BinaryOperator, 'and' | 'or'>,
  left: Value,
  right: Value,
): Value {
  switch (operator) {
    case '==':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case 'in':
      return isIn(left, right);
    case '+':
      return add(left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left, right);
    default:
      return calculate(operator, left, right);
  }
}

export function applyUnary(operator: UnaryOperator, operand: Value): Value {
  if (operator === 'not') return !asCondition('not', operand);
  if (!isNumeric(operand)) throw failure('TypeError', `unsupported operand type for -: '${typeOf(operand)}'`);
  return typeof operand === 'bigint' ? within64(-operand) : -operand;
}

/** @throws Raised TypeError unless `value` is a boolean. */
export function asCondition(operator: string, value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw failure(
    'TypeError',
    `unsupported operand type for ${operator}: '${typeOf(value)}' (expecting boolean)`,
  );
}

function isIn(item: Value, container: Value): boolean {
  if (isList(container)) return container.some((one) => isEqual(one, item));
  if (isMap(container)) return typeof item === 'string' && container.has(item);
  throw failure(
    'TypeError',
    `unsupported operand type for in: '${typeOf(container)}' (expecting list or map)`,
  );
}

function add(left: Value, right: Value): Value {
  if (typeof left !== 'string' && typeof right !== 'string') return calculate('+', left, right);
  if (!isJoinable(left) || !isJoinable(right)) throw unsupported('+', left, right);
  return textOf(left) + textOf(right);
}

function isJoinable(value: Value): value is string | bigint | number | boolean {
  return isNumeric(value) || typeof value === 'string' || typeof value === 'boolean';
}

function compare(operator: '<' | '<=' | '>' | '>=', left: Value, right: Value): boolean {
  const areTexts = typeof left === 'string' && typeof right === 'string';
  if (!areTexts && !(isNumeric(left) && isNumeric(right))) throw unsupported(operator, left, right);
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

type Arithmetic = '+' | '-' | '*' | '/' | '//' | '%';

function calculate(operator: Arithmetic, left: Value, right: Value): Number64 {
  if (!isNumeric(left) || !isNumeric(right)) throw unsupported(operator, left, right);
  if (isDivision(operator) && Number(right) === 0) throw failure('ZeroDivisionError', 'division by zero');
  if (typeof left === 'bigint' && typeof right === 'bigint' && operator !== '/') {
    return within64(ofInts(operator, left, right));
  }
  return ofDoubles(operator, Number(left), Number(right));
}

function isDivision(operator: Arithmetic): boolean {
  return operator === '/' || operator === '//' || operator === '%';
}

function ofInts(operator: Exclude<Arithmetic, '/'>, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '//':
      return floorOf(left, right);
    case '%':
      return left % right;
  }
}

/** BigInt division cuts towards zero. */
function floorOf(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  const isCut = left % right !== 0n && left < 0n !== right < 0n;
  return isCut ? quotient - 1n : quotient;
}

function ofDoubles(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '//':
      return Math.floor(left / right);
    case '%':
      return left % right;
  }
}

/** @throws Raised ValueError when an int leaves 64 bits. */
export function within64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw failure('ValueError', 'integer overflow');
  return value;
}

function unsupported(operator: string, left: Value, right: Value) {
  return failure(
    'TypeError',
    `unsupported operand types for ${operator}: '${typeOf(left)}' and '${typeOf(right)}'`,
  );
}

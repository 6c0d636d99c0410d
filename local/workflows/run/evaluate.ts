import type {Expression} from '../language/expression.ts';
import type {Template} from '../language/program.ts';
import {callByPosition} from './call.ts';
import type {Context} from './context.ts';
import type {Work} from './effect.ts';
import {applyBinary, applyUnary, asCondition} from './operators.ts';
import {partOf} from './parts.ts';
import {failure} from './raised.ts';
import type {Value} from './value.ts';

/** What a YAML value stands for. */
export function* fill(template: Template, context: Context): Work<Value> {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return yield* evaluate(template.expression, context);
    case 'list': {
      const items: Value[] = [];
      for (const item of template.items) items.push(yield* fill(item, context));
      return items;
    }
    case 'map':
      return yield* fillMap(template.entries, context);
  }
}

function* fillMap(entries: readonly (readonly [Template, Template])[], context: Context): Work<Value> {
  const map = new Map<string, Value>();
  for (const [keyTemplate, valueTemplate] of entries) {
    const key = yield* fill(keyTemplate, context);
    if (typeof key !== 'string') throw failure('TypeError', 'the key of a map must be a string');
    map.set(key, yield* fill(valueTemplate, context));
  }
  return map;
}

/** Without a subworkflow in it, an expression is evaluated in one go: no other branch comes in between. */
function* evaluate(expression: Expression, context: Context): Work<Value> {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'variable':
      return context.scope.read(expression.name);
    case 'list':
      return yield* evaluateAll(expression.items, context);
    case 'member': {
      const object = yield* evaluate(expression.object, context);
      return partOf(object, yield* evaluate(expression.key, context));
    }
    case 'unary':
      return applyUnary(expression.operator, yield* evaluate(expression.operand, context));
    case 'binary':
      return yield* evaluateBinary(expression, context);
    case 'call':
      return yield* callByPosition(expression.name, yield* evaluateAll(expression.args, context), context);
  }
}

export function* evaluateAll(expressions: readonly Expression[], context: Context): Work<Value[]> {
  const values: Value[] = [];
  for (const expression of expressions) values.push(yield* evaluate(expression, context));
  return values;
}

function* evaluateBinary(
  {operator, left, right}: Extract<Expression, {kind: 'binary'}>,
  context: Context,
): Work<Value> {
  const first = yield* evaluate(left, context);
  if (operator !== 'and' && operator !== 'or') {
    return applyBinary(operator, first, yield* evaluate(right, context));
  }
  if (asCondition(operator, first) === (operator === 'or')) return first;
  return asCondition(operator, yield* evaluate(right, context));
}

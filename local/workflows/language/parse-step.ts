import {parseRetry} from './parse-retry.ts';
import {expressionIn, parseTemplate} from './parse-template.ts';
import type {
  Assignment,
  Block,
  Body,
  CallBody,
  Loop,
  ParallelBody,
  Step,
  SwitchCase,
  TryBody,
} from './program.ts';
import type {SourceNode} from './source.ts';

const BODIES = ['assign', 'call', 'switch', 'for', 'parallel', 'steps', 'try', 'raise', 'return'] as const;
const STEP_FIELDS = [...BODIES, 'args', 'result', 'retry', 'except', 'next'] as const;

type StepFields = Partial<Record<(typeof STEP_FIELDS)[number], SourceNode>>;

const MAX_ASSIGNMENTS = 50;
const MAX_CONDITIONS = 50;
const MAX_BRANCHES = 10;

export function parseBlock(node: SourceNode): Block {
  return {steps: parseSteps(node)};
}

function parseSteps(node: SourceNode): Step[] {
  const items = node.items('steps');
  if (items.length === 0) node.refuse('steps must not be empty');
  const names = new Set<string>();
  return items.map((item) => {
    const [key, body] = item.single('a step');
    const name = key.text('the name of a step');
    if (!/^[A-Za-z0-9_-]+$/.test(name)) key.refuse(`'${name}' is no name for a step`);
    if (names.has(name)) key.refuse(`duplicate step name '${name}'`);
    names.add(name);
    return stepOf(key, name, body.fields(`step '${name}'`, STEP_FIELDS));
  });
}

function stepOf(node: SourceNode, name: string, fields: StepFields): Step {
  const next = fields.next?.text('next');
  return {
    name,
    ...node.position,
    body: parseBody(node, name, fields),
    ...(next !== undefined && {next}),
  };
}

function parseBody(node: SourceNode, name: string, fields: StepFields): Body {
  const kinds = BODIES.filter((field) => fields[field] !== undefined);
  if (kinds.length > 1) return node.refuse(`step '${name}' has more than one of: ${kinds.join(', ')}`);
  refuseStrays(node, fields);
  if (fields.assign) return {kind: 'assign', assignments: parseAssignments(fields.assign)};
  if (fields.call) return parseCall(fields.call, fields);
  if (fields.switch) return {kind: 'switch', cases: parseCases(fields.switch, name)};
  if (fields.for) return {kind: 'for', loop: parseLoop(fields.for)};
  if (fields.parallel) return parseParallel(fields.parallel);
  if (fields.steps) return {kind: 'steps', steps: parseSteps(fields.steps)};
  if (fields.try) return parseTry(fields.try, name, fields);
  if (fields.raise) return {kind: 'raise', value: parseTemplate(fields.raise)};
  if (fields.return) return {kind: 'return', value: parseTemplate(fields.return)};
  return fields.next ? {kind: 'goto'} : node.refuse(`step '${name}' does nothing`);
}

/** Fields that have a meaning beside one other field only. */
function refuseStrays(node: SourceNode, fields: StepFields): void {
  const owners = {args: 'call', result: 'call', retry: 'try', except: 'try'} as const;
  for (const [field, owner] of Object.entries(owners)) {
    const stray = fields[field as keyof typeof owners] !== undefined && fields[owner] === undefined;
    if (stray) node.refuse(`'${field}' needs '${owner}'`);
  }
}

function parseAssignments(node: SourceNode): Assignment[] {
  const items = node.items('assign');
  if (items.length === 0 || items.length > MAX_ASSIGNMENTS) {
    node.refuse(`assign must have 1 to ${MAX_ASSIGNMENTS} assignments`);
  }
  return items.map((item) => {
    const [target, value] = item.single('an assignment');
    return {...parseTarget(target), value: parseTemplate(value)};
  });
}

function parseTarget(node: SourceNode): Pick<Assignment, 'variable' | 'path'> {
  let target = expressionIn(node, node.text('the target of an assignment'));
  const path: (typeof target)[] = [];
  while (target.kind === 'member') {
    path.unshift(target.key);
    target = target.object;
  }
  return target.kind === 'variable'
    ? {variable: target.name, path}
    : node.refuse('only variables and their parts can be assigned');
}

function parseCall(node: SourceNode, {args, result}: StepFields): CallBody {
  const entries = args?.entries('args') ?? [];
  const named = entries.map(([key, value]) => [key.text('an argument'), parseTemplate(value)] as const);
  return {
    kind: 'call',
    callee: node.text('call'),
    args: new Map(named),
    ...(result && {result: result.variable('result')}),
  };
}

function parseCases(node: SourceNode, name: string): SwitchCase[] {
  const items = node.items('switch');
  if (items.length === 0 || items.length > MAX_CONDITIONS) {
    node.refuse(`switch must have 1 to ${MAX_CONDITIONS} conditions`);
  }
  return items.map((item) => {
    const {condition, ...fields} = item.fields('a condition', ['condition', ...STEP_FIELDS]);
    if (condition === undefined) return item.refuse('condition is missing');
    return {condition: parseTemplate(condition), step: stepOf(item, name, fields)};
  });
}

function parseLoop(node: SourceNode): Loop {
  const fields = node.fields('for', ['value', 'index', 'in', 'range', 'steps']);
  const {value, index, steps} = fields;
  if (value === undefined) return node.refuse('for needs a value');
  if (steps === undefined) return node.refuse('for needs steps');
  return {
    over: parseOver(node, fields),
    value: value.variable('value'),
    ...(index && {index: index.variable('index')}),
    block: parseBlock(steps),
  };
}

function parseOver(node: SourceNode, {in: list, range}: {in?: SourceNode; range?: SourceNode}): Loop['over'] {
  if (list !== undefined && range === undefined) {
    const template = parseTemplate(list);
    if (template.kind === 'literal' || template.kind === 'map') list.refuse('in must be a list');
    return {kind: 'in', template};
  }
  if (range === undefined || list !== undefined) return node.refuse("for needs either 'in' or 'range'");
  const template = parseTemplate(range);
  const isPair =
    template.kind === 'list' &&
    template.items.length === 2 &&
    template.items.every(({kind}) => kind === 'literal');
  if (template.kind !== 'expression' && !isPair) range.refuse('range must be two numbers or one expression');
  return {kind: 'range', template};
}

function parseParallel(node: SourceNode): ParallelBody {
  const fields = node.fields('parallel', [
    'branches',
    'for',
    'shared',
    'concurrency_limit',
    'exception_policy',
  ]);
  const {branches, for: loop, shared, concurrency_limit: limit, exception_policy: policy} = fields;
  if (policy !== undefined && policy.scalar !== 'continueAll') {
    policy.refuse("exception_policy must be 'continueAll'");
  }
  if ((branches === undefined) === (loop === undefined))
    node.refuse("parallel needs either 'branches' or 'for'");
  return {
    kind: 'parallel',
    shared: shared?.items('shared').map((item) => item.variable('a shared variable')) ?? [],
    ...(limit && {limit: parseTemplate(limit)}),
    work: loop ? {loop: parseLoop(loop)} : {branches: branches ? parseBranches(branches) : []},
  };
}

function parseBranches(node: SourceNode): {name: string; block: Block}[] {
  const items = node.items('branches');
  if (items.length < 2 || items.length > MAX_BRANCHES) {
    node.refuse(`parallel must have 2 to ${MAX_BRANCHES} branches`);
  }
  return items.map((item) => {
    const [name, body] = item.single('a branch');
    const {steps} = body.fields('a branch', ['steps']);
    if (steps === undefined) return body.refuse('a branch needs steps');
    return {name: name.text('the name of a branch'), block: parseBlock(steps)};
  });
}

function parseTry(node: SourceNode, name: string, {retry, except}: StepFields): TryBody {
  return {
    kind: 'try',
    steps: parseTried(node, name),
    ...(retry && {retry: parseRetry(retry)}),
    ...(except && {except: parseExcept(except)}),
  };
}

/** A list of steps, a map that holds one, or the body of a single step. */
function parseTried(node: SourceNode, name: string): Step[] {
  if (node.isList) return parseSteps(node);
  const fields = node.fields('try', STEP_FIELDS);
  return fields.steps ? parseSteps(fields.steps) : [stepOf(node, name, fields)];
}

function parseExcept(node: SourceNode): {as: string; block: Block} {
  const {as, steps} = node.fields('except', ['as', 'steps']);
  if (as === undefined) return node.refuse("except needs 'as'");
  return {as: as.variable('as'), block: steps ? parseBlock(steps) : {steps: []}};
}

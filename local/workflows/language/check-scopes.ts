import {checkCall} from './check-calls.ts';
import type {Expression} from './expression.ts';
import type {Block, Body, Loop, ParallelBody, Program, Step, Template} from './program.ts';
import {BuildError} from './source.ts';

/** The variables that each block declares; all others it uses belong to a block around it. */
export type Scopes = ReadonlyMap<Block, ReadonlySet<string>>;

/**
 * Finds where every variable lives. A name assigned anywhere in a block counts as defined in the whole block.
 * @throws BuildError for unknown names and functions, and for writes to what a parallel step does not share.
 */
export function checkScopes(program: Program): Scopes {
  const scopes = new Map<Block, ReadonlySet<string>>();
  for (const {name, params, block} of program.values()) {
    const check = new ScopeCheck(program, scopes);
    const names = params.map((param) => param.name);
    if (new Set(names).size < names.length) throw new BuildError(`duplicate parameter in workflow '${name}'`);
    check.block(block, names, undefined);
  }
  return scopes;
}

/** The variables that can be seen at one place. */
class Visible {
  readonly #names: ReadonlySet<string>;
  readonly #outer: Visible | undefined;
  /** In a branch: the outer variables it may write. */
  readonly #shared: readonly string[] | undefined;

  constructor(names: ReadonlySet<string>, outer?: Visible, shared?: readonly string[]) {
    this.#names = names;
    this.#outer = outer;
    this.#shared = shared;
  }

  has(name: string): boolean {
    return this.#names.has(name) || (this.#outer?.has(name) ?? false);
  }

  canWrite(name: string): boolean {
    if (this.#names.has(name)) return true;
    if (this.#shared !== undefined && !this.#shared.includes(name)) return false;
    return this.#outer?.canWrite(name) ?? false;
  }
}

class ScopeCheck {
  readonly #program: Program;
  readonly #scopes: Map<Block, ReadonlySet<string>>;
  #step = '';

  constructor(program: Program, scopes: Map<Block, ReadonlySet<string>>) {
    this.#program = program;
    this.#scopes = scopes;
  }

  block(
    block: Block,
    names: readonly string[],
    outer: Visible | undefined,
    shared?: readonly string[],
  ): void {
    const declared = new Set(names);
    for (const name of assignedIn(block.steps)) if (!outer?.has(name)) declared.add(name);
    this.#scopes.set(block, declared);
    this.#steps(block.steps, new Visible(declared, outer, shared));
  }

  #steps(steps: readonly Step[], visible: Visible): void {
    for (const step of steps) {
      this.#step = step.name;
      this.#body(step.body, visible);
    }
  }

  #body(body: Body, visible: Visible): void {
    switch (body.kind) {
      case 'assign':
        for (const {variable, path, value} of body.assignments) {
          for (const key of path) this.#expression(key, visible);
          this.#template(value, visible);
          this.#write(variable, visible);
        }
        return;
      case 'call':
        this.#call(body, visible);
        return;
      case 'switch':
        for (const {condition, step} of body.cases) {
          this.#template(condition, visible);
          this.#body(step.body, visible);
        }
        return;
      case 'for':
        this.#loop(body.loop, visible);
        return;
      case 'parallel':
        this.#parallel(body, visible);
        return;
      case 'steps':
        this.#steps(body.steps, visible);
        return;
      case 'try':
        this.#try(body, visible);
        return;
      case 'raise':
      case 'return':
        this.#template(body.value, visible);
        return;
      case 'goto':
        return;
    }
  }

  #call({callee, args, result}: Extract<Body, {kind: 'call'}>, visible: Visible): void {
    for (const template of args.values()) this.#template(template, visible);
    const problem = checkCall(this.#program, callee, {names: [...args.keys()], isStep: true});
    if (problem !== undefined) this.#refuse(problem);
    if (result !== undefined) this.#write(result, visible);
  }

  #loop({over, value, index, block}: Loop, visible: Visible, shared?: readonly string[]): void {
    this.#template(over.template, visible);
    this.block(block, index === undefined ? [value] : [value, index], visible, shared);
  }

  #parallel({shared, limit, work}: ParallelBody, visible: Visible): void {
    const unknown = shared.find((name) => !visible.has(name));
    if (unknown !== undefined) this.#refuse(`shared variable '${unknown}' is not defined`);
    if (limit !== undefined) this.#template(limit, visible);
    if ('loop' in work) this.#loop(work.loop, visible, shared);
    else for (const {block} of work.branches) this.block(block, [], visible, shared);
  }

  #try({steps, retry, except}: Extract<Body, {kind: 'try'}>, visible: Visible): void {
    if (retry !== undefined) {
      this.#template(retry.maxRetries, visible);
      this.#template(retry.backoff, visible);
      const problem = checkCall(this.#program, retry.predicate, {positions: 1, isStep: false});
      if (problem !== undefined) this.#refuse(`retry predicate: ${problem}`);
    }
    this.#steps(steps, visible);
    if (except !== undefined) this.block(except.block, [except.as], visible);
  }

  #write(name: string, visible: Visible): void {
    if (!visible.has(name)) this.#unknown(name);
    if (!visible.canWrite(name)) this.#refuse(`variable '${name}' is written in parallel but not shared`);
  }

  #template(template: Template, visible: Visible): void {
    if (template.kind === 'expression') this.#expression(template.expression, visible);
    if (template.kind === 'list') for (const item of template.items) this.#template(item, visible);
    if (template.kind === 'map') for (const part of template.entries.flat()) this.#template(part, visible);
  }

  #expression(expression: Expression, visible: Visible): void {
    if (expression.kind === 'variable' && !visible.has(expression.name)) this.#unknown(expression.name);
    if (expression.kind === 'call') {
      const {name, args} = expression;
      const problem = checkCall(this.#program, name, {positions: args.length, isStep: false});
      if (problem !== undefined) this.#refuse(problem);
    }
    for (const part of partsOf(expression)) this.#expression(part, visible);
  }

  #unknown(name: string): never {
    return this.#refuse(`symbol '${name}' is neither a variable nor a sub-workflow name`);
  }

  #refuse(sentence: string): never {
    throw new BuildError(`error in step ${this.#step}: ${sentence}`);
  }
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'list':
      return expression.items;
    case 'member':
      return [expression.object, expression.key];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'call':
      return expression.args;
    default:
      return [];
  }
}

/** The names that steps assign in the block they stand in. */
function* assignedIn(steps: readonly Step[]): Iterable<string> {
  for (const {body} of steps) yield* assignedBy(body);
}

function* assignedBy(body: Body): Iterable<string> {
  switch (body.kind) {
    case 'assign':
      yield* body.assignments.filter(({path}) => path.length === 0).map(({variable}) => variable);
      return;
    case 'call':
      if (body.result !== undefined) yield body.result;
      return;
    case 'switch':
      for (const {step} of body.cases) yield* assignedBy(step.body);
      return;
    case 'steps':
    case 'try':
      yield* assignedIn(body.steps);
  }
}

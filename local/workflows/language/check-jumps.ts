import type {Block, Body, Program, Step} from './program.ts';
import {BuildError} from './source.ts';

/** What surrounds a list of steps. */
interface Around {
  /** Where `break` and `continue` may stand. */
  readonly words: readonly string[];
  readonly isParallel: boolean;
}

const RESERVED = ['end', 'break', 'continue'];

/** @throws BuildError for a `next` that leads nowhere, and for a `return` out of a branch. */
export function checkJumps(program: Program): void {
  for (const {block} of program.values()) checkBlock(block, {words: ['end'], isParallel: false});
}

function checkBlock({steps}: Block, around: Around): void {
  checkSteps(steps, around);
}

function checkSteps(steps: readonly Step[], around: Around): void {
  const targets = [...steps.map(({name}) => name), ...around.words];
  for (const step of steps) {
    if (RESERVED.includes(step.name)) throw new BuildError(`step name '${step.name}' is reserved`);
    checkStep(step, targets, around);
  }
}

function checkStep({name, body, next}: Step, targets: readonly string[], around: Around): void {
  if (next !== undefined && !targets.includes(next)) {
    throw new BuildError(`error in step ${name}: next step '${next}' is not defined`);
  }
  if (body.kind === 'return' && around.isParallel) {
    throw new BuildError(`error in step ${name}: return is not allowed in a parallel step`);
  }
  if (body.kind === 'switch') for (const {step} of body.cases) checkStep(step, targets, around);
  checkInside(body, around);
}

function checkInside(body: Body, around: Around): void {
  if (body.kind === 'steps') checkSteps(body.steps, around);
  if (body.kind === 'for') checkBlock(body.loop.block, {...around, words: loopWords(around)});
  if (body.kind === 'try') {
    checkSteps(body.steps, around);
    if (body.except !== undefined) checkBlock(body.except.block, around);
  }
  if (body.kind !== 'parallel') return;
  if ('loop' in body.work) checkBlock(body.work.loop.block, {words: ['continue'], isParallel: true});
  else for (const {block} of body.work.branches) checkBlock(block, {words: [], isParallel: true});
}

function loopWords({isParallel}: Around): string[] {
  return isParallel ? ['break', 'continue'] : RESERVED;
}

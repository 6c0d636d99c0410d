import {checkJumps} from './check-jumps.ts';
import {checkScopes, type Scopes} from './check-scopes.ts';
import {parseProgram} from './parse.ts';
import type {Program} from './program.ts';

/** A workflow that can be run. */
export interface Build {
  readonly program: Program;
  readonly scopes: Scopes;
}

/** Reads a source and makes all checks of a deployment. @throws BuildError */
export function build(source: string): Build {
  const program = parseProgram(source);
  checkJumps(program);
  return {program, scopes: checkScopes(program)};
}

import {CONNECTOR_ARGS, connectorMethod, isConnector, pathParams} from '../connectors/methods.ts';
import {STDLIB} from '../stdlib/stdlib.ts';
import type {Program} from './program.ts';

/** The arguments of a call: by name in a step, by position in an expression. */
export type CallSite =
  | {readonly isStep: true; readonly names: readonly string[]}
  | {readonly isStep: false; readonly positions: number};

interface Signature {
  readonly params: readonly string[];
  readonly required: readonly string[];
}

/** Why `callee` cannot be called so; undefined when it can. */
export function checkCall(program: Program, callee: string, site: CallSite): string | undefined {
  const blocking = STDLIB.get(callee)?.isBlocking === true || isConnector(callee);
  if (blocking && !site.isStep) return `blocking call '${callee}' is not allowed in an expression`;
  const signature = signatureOf(program, callee);
  if (signature === undefined) return `call target '${callee}' is not defined`;
  return site.isStep
    ? checkNames(callee, signature, site.names)
    : checkCount(callee, signature, site.positions);
}

function signatureOf(program: Program, callee: string): Signature | undefined {
  const routine = program.get(callee);
  if (routine !== undefined) {
    const required = routine.params.filter(({fallback}) => fallback === undefined);
    return {params: routine.params.map(({name}) => name), required: required.map(({name}) => name)};
  }
  const standard = STDLIB.get(callee);
  if (standard !== undefined) return {...standard, required: standard.params.slice(0, standard.required)};
  const method = isConnector(callee) ? connectorMethod(callee) : undefined;
  if (method === undefined) return undefined;
  const required = pathParams(method);
  const body = method.hasBody ? ['body'] : [];
  return {params: [...required, ...(method.query ?? []), ...body, ...CONNECTOR_ARGS], required};
}

function checkNames(
  callee: string,
  {params, required}: Signature,
  names: readonly string[],
): string | undefined {
  const unknown = names.find((name) => !params.includes(name));
  if (unknown !== undefined) return `unexpected argument '${unknown}' for '${callee}'`;
  const missing = required.find((name) => !names.includes(name));
  return missing === undefined ? undefined : `missing argument '${missing}' for '${callee}'`;
}

function checkCount(callee: string, {params, required}: Signature, count: number): string | undefined {
  if (count >= required.length && count <= params.length) return undefined;
  return `wrong number of arguments for '${callee}': ${count}`;
}

import {parseBlock} from './parse-step.ts';
import {parseTemplate} from './parse-template.ts';
import type {Param, Program, Routine} from './program.ts';
import {BuildError, readSource, type SourceNode} from './source.ts';

const MAX_PARAMS = 10;

/** Reads a workflow: a list of steps, or `main` with subworkflows beside it. @throws BuildError */
export function parseProgram(text: string): Program {
  const root = readSource(text);
  if (root.isList) return new Map([['main', {name: 'main', params: [], block: parseBlock(root)}]]);
  const routines = root
    .entries('a workflow')
    .map(([key, body]) => parseRoutine(key.variable('a workflow'), body));
  const program = new Map(routines.map((routine) => [routine.name, routine]));
  const main = program.get('main');
  if (main === undefined) throw new BuildError("parse error: workflow 'main' is missing");
  if (main.params.length > 1)
    throw new BuildError("parse error: workflow 'main' takes one parameter at most");
  return program;
}

function parseRoutine(name: string, node: SourceNode): Routine {
  const {params, steps} = node.fields(`workflow '${name}'`, ['params', 'steps']);
  if (steps === undefined) return node.refuse(`workflow '${name}' has no steps`);
  const items = params?.items('params') ?? [];
  if (items.length > MAX_PARAMS) params?.refuse(`workflow '${name}' has more than ${MAX_PARAMS} parameters`);
  return {name, params: items.map(parseParam), block: parseBlock(steps)};
}

function parseParam(node: SourceNode): Param {
  if (!node.isMap) return {name: node.variable('a parameter')};
  const [name, fallback] = node.single('a parameter');
  const template = parseTemplate(fallback);
  if (template.kind !== 'literal') return fallback.refuse('the default of a parameter must be a constant');
  return {name: name.variable('a parameter'), fallback: template.value};
}

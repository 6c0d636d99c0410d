import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import hcl from 'hcl2-parser';
import {projectFolder} from '../../cli/project-folder.ts';

/** The attributes and blocks of a block; blocks are lists, expressions are strings in `${}`. */
export type Body = Readonly<Record<string, unknown>>;

export interface Block {
  readonly kind: 'resource' | 'data';
  readonly type: string;
  readonly name: string;
  readonly body: Body;
}

/** infra/*.tf, read but not evaluated. */
export interface Terraform {
  readonly blocks: readonly Block[];
  readonly variables: ReadonlyMap<string, Body>;
  readonly outputs: ReadonlyMap<string, Body>;
  readonly locals: Body;
  readonly providers: Body;
  /** All source text, for what is about words and not about structure. */
  readonly text: string;
}

/** The source of every file, by its name. */
export async function readSources(): Promise<Map<string, string>> {
  const folder = join(projectFolder, 'infra');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.tf')).toSorted();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

/** @throws Error that names the file that is no HCL */
export function parseTerraform(sources: ReadonlyMap<string, string>): Terraform {
  const files = [...sources].map(([name, text]) => parseFile(name, text));
  const blocks = (['resource', 'data'] as const).flatMap((kind) =>
    files.flatMap((file) => labelled(file[kind]).map((labels) => ({kind, ...labels}))),
  );
  const named = (kind: string) => new Map(files.flatMap((file) => Object.entries(bodies(file[kind]))));
  return {
    blocks,
    variables: named('variable'),
    outputs: named('output'),
    locals: Object.assign({}, ...files.flatMap(({locals = []}) => locals as Body[])),
    providers: Object.fromEntries(named('provider')),
    text: [...sources.values()].join('\n'),
  };
}

const parsed = new Map<string, Record<string, unknown>>();

function parseFile(name: string, text: string): Record<string, unknown> {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const [json, problem] = hcl.parseToString(text) as unknown as [string, unknown];
  if (problem !== null) throw new Error(`${name} is no HCL`);
  const file = JSON.parse(json) as Record<string, unknown>;
  parsed.set(text, file);
  return file;
}

function labelled(types: unknown): Omit<Block, 'kind'>[] {
  return Object.entries((types ?? {}) as Record<string, unknown>).flatMap(([type, names]) =>
    Object.entries(bodies(names)).map(([name, body]) => ({type, name, body})),
  );
}

/** Each name has a list of one block. */
function bodies(names: unknown): Record<string, Body> {
  return Object.fromEntries(
    Object.entries((names ?? {}) as Record<string, Body[]>).map(([name, [body = {}]]) => [name, body]),
  );
}

/** The resources of a type. */
export function resources({blocks}: Terraform, type: string): Block[] {
  return blocks.filter((block) => block.kind === 'resource' && block.type === type);
}

/** The nested blocks of a name, those that are made by `dynamic` among them. */
export function nested(body: Body, name: string): Body[] {
  const plain = (body[name] ?? []) as Body[];
  const made = ((body.dynamic as Record<string, Body[]> | undefined)?.[name] ?? []) as Body[];
  return [...plain, ...made.flatMap(({content}) => content as Body[])];
}

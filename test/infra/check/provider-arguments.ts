import {existsSync} from 'node:fs';
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {extract} from 'tar';
import {projectFolder} from '../../../cli/project-folder.ts';
import {type Block, parseTerraform, readSources} from '../terraform.ts';
import type {Verdict} from './check-infra.ts';
import {mustRun, run} from './run.ts';

/** The provider's schema as TypeScript, generated from version 6.50.0 of it. */
const BINDINGS = '@cdktf/provider-google@16.12.1';
/** What Terraform itself understands in any block. */
const META = new Set(['for_each', 'count', 'depends_on', 'lifecycle', 'provider', 'dynamic']);

/** The packages that the bindings import, as far as the types of arguments need them. */
const FOUNDATIONS = `
declare module 'cdktf' {
  export interface TerraformMetaArguments {}
  export interface IResolvable { never: never }
}
declare module 'constructs' {}
`;

/** Everything that was to be evaluated is an \`any\`; a block is a list, also where there can be one only. */
const PRELUDE = `
declare const evaluated: any;
type Blocks<T> = T extends readonly (infer U)[] ? Blocks<U>[] : T extends object ? {[K in keyof T]: Blocks<T[K]> | Blocks<T[K]>[]} : T;
`;

/**
 * Holds every argument of every resource against the provider's schema: unknown ones, missing ones, wrong types. What \`validate\` does, where the
 * registry of providers cannot be reached: the compiler checks each resource as a value of its type.
 */
export async function checkArguments(cache: string): Promise<Verdict> {
  const {blocks} = parseTerraform(await readSources());
  const bindings = await download(cache, [...new Set(blocks.map(({type, kind}) => bindingOf(type, kind)))]);
  const known = blocks.filter(({type, kind}) => existsSync(fileOf(bindings, bindingOf(type, kind))));
  const folder = await mkdtemp(join(tmpdir(), 'millrace-arguments-'));
  try {
    const values = await Promise.all(known.map((block, index) => typedValue(block, index, bindings)));
    await writeFile(join(folder, 'resources.ts'), [PRELUDE, ...values].join('\n'));
    await writeFile(join(folder, 'foundations.d.ts'), FOUNDATIONS);
    const options = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--types', ''];
    const tsc = join(projectFolder, 'node_modules', '.bin', 'tsc');
    const {isGood, output} = await run(tsc, [...options, 'resources.ts', 'foundations.d.ts'], folder);
    const others = [...new Set(blocks.filter((block) => !known.includes(block)).map(({type}) => type))];
    if (!isGood) return {outcome: 'failed', what: `arguments:\n${output}`};
    const what = `arguments: ${known.length} resources fit the schema of ${BINDINGS}`;
    return {outcome: 'passed', what: `${what}; of other providers: ${others.join(', ')}`};
  } finally {
    await rm(folder, {recursive: true});
  }
}

function bindingOf(type: string, kind: Block['kind']): string {
  return kind === 'data'
    ? `data-${type.replaceAll('_', '-')}`
    : type.replace(/^google_/, '').replaceAll('_', '-');
}

function fileOf(bindings: string, binding: string): string {
  return join(bindings, 'package', 'lib', binding, 'index.d.ts');
}

/** Only the types that are needed: the whole package has 300 MB. */
async function download(cache: string, bindings: readonly string[]): Promise<string> {
  const folder = join(cache, 'provider-google');
  await mkdir(folder, {recursive: true});
  const packed = join(folder, `${BINDINGS.replace(/^@/, '').replace('/', '-').replace('@', '-')}.tgz`);
  if (!existsSync(packed)) await mustRun('npm', ['pack', '--silent', BINDINGS], folder);
  const wanted = new Set(bindings.map((binding) => `package/lib/${binding}/index.d.ts`));
  await extract({file: packed, cwd: folder, filter: (path) => wanted.has(path)});
  return folder;
}

async function typedValue(block: Block, index: number, bindings: string): Promise<string> {
  const file = fileOf(bindings, bindingOf(block.type, block.kind));
  const type = /export interface (\w+) extends cdktf\.TerraformMetaArguments/.exec(
    await readFile(file, 'utf8'),
  )?.[1];
  const from = join(file, '..', basename(file, '.d.ts'));
  const name = `${block.type}_${block.name}`;
  return `import type {${type} as C${index}} from '${from}.js';\nexport const ${name}: Blocks<C${index}> = ${literal(block.body)};`;
}

function literal(value: unknown): string {
  if (typeof value === 'string') return value.includes('${') ? 'evaluated' : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const body = value as Record<string, unknown>;
  const made = Object.entries((body.dynamic ?? {}) as Record<string, {content: unknown[]}[]>);
  const entries = [
    ...Object.entries(body).filter(([name]) => !META.has(name)),
    ...made.map(([name, blocks]) => [name, blocks.map(({content}) => content[0])] as const),
  ];
  return `{${entries.map(([name, part]) => `${JSON.stringify(camelCase(name))}: ${literal(part)}`).join(', ')}}`;
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

import assert from 'node:assert/strict';
import {readdir} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {readDeployment} from '../../cli/deployment.ts';
import {projectFolder} from '../../cli/project-folder.ts';
import {notificationsJsonSchema} from '../../shared/domain/notifications.ts';
import {manifestJsonSchema} from '../../shared/domain/split/manifest.ts';
import {pipelineJsonSchema} from '../../shared/pipeline-file.ts';
import {headings, matches, page, section, source} from './pages.ts';

/** Sections of functions.md about all functions. */
const NO_FUNCTIONS = ['States of a run', 'Where it is kept'];

describe('names in the reference', () => {
  it('are the same functions in infra/functions.yaml, functions/ and functions.md', async () => {
    const deployed = Object.keys((await readDeployment()).functions).toSorted();
    const files = await readdir(join(projectFolder, 'functions'));
    const written = files.map((file) => basename(file, '.ts')).filter((name) => name !== 'index');
    const documented = headings(await page('functions.md'), 2).filter((name) => !NO_FUNCTIONS.includes(name));

    assert.deepEqual(written.toSorted(), deployed);
    assert.deepEqual(documented.toSorted(), deployed);
  });

  it('give every function the triggers that functions.md tells', async () => {
    const text = await page('functions.md');
    const {functions} = await readDeployment();

    for (const [name, {triggers}] of Object.entries(functions)) {
      const told = matches(section(text, name), /^\* \*\*Started by\*\* (.+)$/gm).join();
      const topics = triggers.flatMap((trigger) => ('topic' in trigger ? [trigger.topic] : []));
      assert.deepEqual(matches(told, /`([a-z-]+)`/g), topics, name);
    }
  });

  it('are the same topics in infra/functions.yaml and events.md', async () => {
    const documented = headings(await page('events.md'), 3);

    assert.deepEqual(documented.toSorted(), (await readDeployment()).topics.toSorted());
  });

  it('are the same workflows in workflows/ and workflows.md', async () => {
    const files = await readdir(join(projectFolder, 'workflows'));

    assert.deepEqual(
      headings(await page('workflows.md'), 2),
      files.map((file) => basename(file, '.yaml')).toSorted(),
    );
  });

  it('are the same variables in shared/config.ts and configuration.md', async () => {
    const read = matches(await source('shared/config.ts'), /^ {4}([A-Z][A-Z_]+):/gm);
    const documented = matches(section(await page('configuration.md'), 'Settings'), /^\| `([A-Z_]+)` \|/gm);

    assert.deepEqual(documented.toSorted(), read.toSorted());
  });

  it('are the same commands in cli/main.ts and cli.md', async () => {
    const [registered = ''] = matches(await source('cli/main.ts'), /for \(const command of \[([^\]]+)\]\)/g);
    const documented = matches(await page('cli.md'), /^## millrace ([a-z-]+)$/gm);

    assert.deepEqual(documented, registered.match(/\w+/g)?.map(kebabCase));
  });

  it('are the same flags in every command and its section of cli.md', async () => {
    const text = await page('cli.md');

    for (const command of matches(text, /^## millrace ([a-z-]+)$/gm)) {
      const flags = matches(
        await source(`cli/commands/${command}.ts`),
        /(?:\.option|\.requiredOption|new Option)\('(--[^']+)'/g,
      );
      const documented = matches(section(text, `millrace ${command}`), /^\| `(--[^`]+)` \|/gm);
      assert.deepEqual(documented, flags, command);
    }
  });

  it('are the same top-level keys in the schema and pipeline-yaml.md', async () => {
    const keys = Object.keys(pipelineJsonSchema().properties ?? {});
    const documented = matches(section(await page('pipeline-yaml.md'), 'Top level'), /^\| `([a-z]+)` \|/gm);

    assert.deepEqual(documented, keys);
  });
});

describe('docs/reference/pipeline.schema.json', () => {
  it('is the schema that the functions use', async () => {
    assert.deepEqual(JSON.parse(await page('pipeline.schema.json')), pipelineJsonSchema());
  });
});

describe('docs/reference/manifest.schema.json', () => {
  it('is the schema that manifests are read by', async () => {
    const schema: unknown = JSON.parse(JSON.stringify(manifestJsonSchema()));

    assert.deepEqual(JSON.parse(await page('manifest.schema.json')), schema);
  });
});

describe('docs/reference/notifications.schema.json', () => {
  it('is the schema that notifications are made by', async () => {
    const schema: unknown = JSON.parse(JSON.stringify(notificationsJsonSchema()));

    assert.deepEqual(JSON.parse(await page('notifications.schema.json')), schema);
  });
});

function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

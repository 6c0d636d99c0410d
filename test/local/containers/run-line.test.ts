import assert from 'node:assert/strict';
import {readRunLine} from '../../../local/containers/run-line.ts';

describe('readRunLine', () => {
  const installs = [
    'pip install -r requirements.txt',
    'pip3 install --no-cache-dir --requirement=requirements.txt',
    'python -m pip install -U -q -r "requirements.txt"',
    'PIP_NO_INPUT=1 python3 -m pip install -r requirements.txt --root-user-action=ignore',
  ];
  for (const text of installs) {
    it(`reads \`${text}\` as an install`, () => {
      assert.deepEqual(readRunLine(text), [{kind: 'pip', requirements: 'requirements.txt'}]);
    });
  }

  it('reads each command of a chain', () => {
    const actions = readRunLine(
      'apt-get update && apt-get install -y gcc ; npm ci --omit=dev && npm cache clean --force',
    );

    assert.deepEqual(actions, [
      {kind: 'setup', command: 'apt-get update'},
      {kind: 'setup', command: 'apt-get install -y gcc'},
      {kind: 'npm', args: ['ci', '--omit=dev']},
      {kind: 'setup', command: 'npm cache clean --force'},
    ]);
  });

  it('takes an upgrade of pip for a preparation', () => {
    assert.deepEqual(
      readRunLine('pip install --upgrade pip setuptools').map(({kind}) => kind),
      ['setup'],
    );
  });

  const refusals: [text: string, message: RegExp][] = [
    ['pip install numpy', /must stand in one requirements file/],
    ['pip install -r a.txt -r b.txt', /must stand in one requirements file/],
    ['pip install -r a.txt numpy', /must stand in one requirements file/],
    ['pip install --target=/x -r a.txt', /Unknown option '--target'/],
    ['npm install', /`npm install` needs a Docker engine/],
    [
      'apt-get update && curl -O https://example.com/x',
      /`curl -O https:\/\/example.com\/x` needs a Docker engine/,
    ],
  ];
  for (const [text, message] of refusals) {
    it(`refuses \`${text}\``, () => {
      assert.throws(() => readRunLine(text), message);
    });
  }
});

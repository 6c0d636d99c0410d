import assert from 'node:assert/strict';
import {readDockerfile} from '../../../local/containers/dockerfile.ts';

describe('readDockerfile', () => {
  it('plans the trainer image', () => {
    const plan = readDockerfile(`
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY train.py ./
USER nobody
ENTRYPOINT ["python", "train.py"]
CMD ["--nohptune"]
`);

    assert.deepEqual(
      plan.steps.map(({at, ...step}) => step),
      [
        {kind: 'copy', sources: ['requirements.txt'], target: '/app/'},
        {kind: 'pip', requirements: '/app/requirements.txt'},
        {kind: 'copy', sources: ['train.py'], target: '/app/'},
        {kind: 'note', text: 'not applied to a process'},
      ],
    );
    assert.deepEqual(plan.config, {
      base: 'python:3.12-slim',
      runtime: 'python',
      env: {PYTHONUNBUFFERED: '1'},
      workdir: '/app',
      entrypoint: ['python', 'train.py'],
      cmd: ['--nohptune'],
      requirements: '/app/requirements.txt',
    });
  });

  it('gives an ARG the value of the build, else its default', () => {
    const text = `ARG VERSION=24\nFROM node:\${VERSION}\nARG NAME=a\nARG VERSION\nENV TITLE="$NAME of \${VERSION} \${NONE:-or none}"\n`;

    assert.equal(readDockerfile(text).config.env.TITLE, 'a of 24 or none');
    const {base, env} = readDockerfile(text, {NAME: 'b', VERSION: '22'}).config;
    assert.deepEqual([base, env.TITLE], ['node:22', 'b of 22 or none']);
  });

  it('forgets a global ARG that the stage does not declare again', () => {
    const {config} = readDockerfile('ARG A=1\nFROM debian\nENV B="[$A]"\n');

    assert.equal(config.env.B, '[]');
  });

  it('lets ENV win over an ARG of the same name', () => {
    const {config} = readDockerfile('FROM debian\nENV A=env\nARG A=arg\nENV B=$A\n');

    assert.equal(config.env.B, 'env');
  });

  it('resolves a relative WORKDIR against the one before', () => {
    assert.equal(readDockerfile('FROM debian\nWORKDIR /a\nWORKDIR b\n').config.workdir, '/a/b');
  });

  it('keeps PATH a variable, since each machine has its own', () => {
    const {config} = readDockerfile('FROM debian\nENV PATH=/app/bin:$PATH\n');

    assert.equal(config.env.PATH, '/app/bin:$PATH');
  });

  it('keeps the blanks in the words of an exec form', () => {
    const {config} = readDockerfile('FROM debian\nENTRYPOINT ["sh", "-c", "echo a  b"]\n');

    assert.deepEqual(config.entrypoint, ['sh', '-c', 'echo a  b']);
  });

  it('reads a RUN over several lines with a comment in it', () => {
    const {steps} = readDockerfile(
      'FROM python\nRUN apt-get update && \\\n  # the packages\n  pip install -r \\\n  r.txt\n',
    );

    assert.deepEqual(
      steps.map(({kind}) => kind),
      ['note', 'pip'],
    );
  });

  const refusals: [what: string, text: string, message: RegExp][] = [
    ['an unknown program', 'FROM debian\nRUN make all', /line 2: RUN: `make all` needs a Docker engine/],
    [
      'a base image it cannot stand in for',
      'FROM pytorch/pytorch:2',
      /line 1: FROM: the base image pytorch\/pytorch:2 needs/,
    ],
    ['a second stage', 'FROM debian AS a\nFROM debian', /line 2: FROM: a second build stage/],
    ['a file without FROM', 'ARG A=1', /no FROM instruction/],
    ['an instruction before FROM', 'WORKDIR /a\nFROM debian', /line 1: WORKDIR: no build stage/],
    ['a copy out of another stage', 'FROM debian\nCOPY --from=a /b /c', /line 2: COPY: --from=a needs/],
    ['an ADD of an address', 'FROM debian\nADD https://example.com/a /a', /only files of the build context/],
    ['an ADD of an archive', 'FROM debian\nADD a.tar.gz /a', /unpacking an archive needs a Docker engine/],
    ['a COPY without a target', 'FROM debian\nCOPY a', /needs a source and a target/],
    [
      'a shell form, which would swallow arguments',
      'FROM debian\nENTRYPOINT python a.py',
      /ENTRYPOINT: write it in exec form/,
    ],
    [
      'a second requirements file',
      'FROM python\nRUN pip install -r a\nRUN pip install -r b',
      /line 3: RUN: .*join them/,
    ],
    ['another shell', 'FROM debian\nSHELL ["bash"]', /line 2: SHELL: needs a Docker engine/],
  ];
  for (const [what, text, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => readDockerfile(text), message);
    });
  }
});

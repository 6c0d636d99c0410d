import assert from 'node:assert/strict';
import fc from 'fast-check';
import {filesToCopy, withoutIgnored} from '../../../local/containers/build-context.ts';

const FILES = ['.env', 'Dockerfile', 'a.py', 'lib/b.py', 'lib/deep/c.pyc', 'node_modules/x/index.js'];

describe('withoutIgnored', () => {
  const cases: [rules: string, kept: string[]][] = [
    ['', FILES],
    ['# a comment\n\nlib', ['.env', 'Dockerfile', 'a.py', 'node_modules/x/index.js']],
    ['/lib/', ['.env', 'Dockerfile', 'a.py', 'node_modules/x/index.js']],
    ['*.py', ['.env', 'Dockerfile', 'lib/b.py', 'lib/deep/c.pyc', 'node_modules/x/index.js']],
    ['**/*.py*', ['.env', 'Dockerfile', 'node_modules/x/index.js']],
    ['*', []],
    ['*\n!a.py', ['a.py']],
    ['lib\n!lib/b.py\nlib/b.py', ['.env', 'Dockerfile', 'a.py', 'node_modules/x/index.js']],
  ];
  for (const [rules, kept] of cases) {
    it(`keeps ${kept.length} of ${FILES.length} files under ${JSON.stringify(rules)}`, () => {
      assert.deepEqual(withoutIgnored(FILES, rules), kept);
    });
  }

  it('takes a dot for a dot', () => {
    assert.deepEqual(withoutIgnored(['apy', 'a.py'], 'a.py'), ['apy']);
  });
});

describe('filesToCopy', () => {
  it('copies the content of a folder, not the folder', () => {
    assert.deepEqual(filesToCopy(FILES, ['lib'], '/app/'), [
      {from: 'lib/b.py', to: '/app/b.py'},
      {from: 'lib/deep/c.pyc', to: '/app/deep/c.pyc'},
    ]);
  });

  it('copies a file into a folder, or to another name', () => {
    assert.deepEqual(filesToCopy(FILES, ['a.py'], '/app/'), [{from: 'a.py', to: '/app/a.py'}]);
    assert.deepEqual(filesToCopy(FILES, ['./lib/b.py'], '/app/main.py'), [
      {from: 'lib/b.py', to: '/app/main.py'},
    ]);
  });

  it('expands a pattern within one folder', () => {
    assert.deepEqual(filesToCopy(FILES, ['lib/*.py', '?.py'], '/app/'), [
      {from: 'lib/b.py', to: '/app/b.py'},
      {from: 'a.py', to: '/app/a.py'},
    ]);
  });

  it('refuses a source that is not in the context', () => {
    assert.throws(
      () => filesToCopy(FILES, ['train.py'], '/app/'),
      /train.py: no such file in the build context/,
    );
  });

  it('does not leave the context', () => {
    assert.throws(
      () => filesToCopy(FILES, ['../../etc/passwd'], '/app/'),
      /no such file in the build context/,
    );
  });

  it('copies every file exactly once with "COPY . .", wherever it lies', () => {
    const path = fc
      .array(fc.constantFrom('a', 'b', '.c', 'd.py'), {minLength: 1, maxLength: 4})
      .map((parts) => [...parts, 'file'].join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path), (files) => {
        fc.pre(files.length > 0);
        assert.deepEqual(
          filesToCopy(files, ['.'], '/app/'),
          files.map((file) => ({from: file, to: `/app/${file}`})),
        );
      }),
    );
  });
});

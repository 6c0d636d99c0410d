import assert from 'node:assert/strict';
import {manifestSchema} from '../../shared/domain/split/manifest.ts';
import {digitsManifest} from '../support/digits-manifest.ts';
import {matches, page} from './pages.ts';

describe('docs/reference/manifest.digits.json', () => {
  it('is what the split of examples/digits writes, and satisfies the schema', async () => {
    const shown: unknown = JSON.parse(await page('manifest.digits.json'));

    assert.deepEqual(shown, JSON.parse(await digitsManifest()));
    assert.deepEqual(manifestSchema.parse(shown), shown);
  });

  it('holds what manifest.md shows of it', async () => {
    const {parts, leakage} = manifestSchema.parse(JSON.parse(await page('manifest.digits.json')));
    const [part = '', check = ''] = matches(await page('manifest.md'), /```json\n([^`]+)```/g);

    const test = {...parts.test, labels: parts.test.labels.slice(0, 2)};
    assert.deepEqual(JSON.parse(`{${part}}`), {test});
    assert.deepEqual(JSON.parse(`{${check}}`), {leakage});
  });
});

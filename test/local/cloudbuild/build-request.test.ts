import assert from 'node:assert/strict';
import {parseNewBuild} from '../../../local/cloudbuild/build-request.ts';

const STEP = {name: 'gcr.io/cloud-builders/docker', args: ['build', '.']};
const ACCOUNT = 'projects/p/serviceAccounts/builder@p.iam.gserviceaccount.com';

describe('parseNewBuild', () => {
  it('ignores what only the service sets', () => {
    assert.deepEqual(parseNewBuild({id: 'mine', status: 'SUCCESS', steps: [STEP]}), {steps: [STEP]});
  });

  it('accepts an account of its own with a choice of logs', () => {
    for (const choice of [
      {logsBucket: 'gs://logs'},
      {options: {logging: 'NONE'}},
      {options: {defaultLogsBucketBehavior: 'REGIONAL_USER_OWNED_BUCKET'}},
    ]) {
      assert.ok(parseNewBuild({steps: [STEP], serviceAccount: ACCOUNT, ...choice}));
    }
  });

  const refusals: [what: string, body: object, message: RegExp][] = [
    ['an unknown field', {stepz: []}, /Unknown name "stepz": Cannot find field/],
    [
      'an unknown field of a step',
      {steps: [{...STEP, arg: []}]},
      /Unknown name "arg" at 'steps\[0\]': Cannot find field/,
    ],
    [
      'a field the local cloud does not offer',
      {steps: [{...STEP, script: 'make'}]},
      /script': the local cloud does not offer/,
    ],
    ['a build without steps', {steps: []}, /at least one step/],
    ['an unknown logging choice', {options: {logging: 'LOUD'}}, /Invalid value at 'options.logging'/],
    [
      'an account without a choice of logs',
      {serviceAccount: ACCOUNT},
      /must either \(a\) specify 'build.logs_bucket'/,
    ],
    [
      'an account with the default logs',
      {serviceAccount: ACCOUNT, options: {logging: 'LEGACY'}},
      /must either \(a\)/,
    ],
    [
      'a source that is no archive',
      {source: {storageSource: {bucket: 'b', object: 'a.tar'}}},
      /must be a .zip or .tar.gz/,
    ],
    [
      'another kind of source',
      {source: {repoSource: {}}},
      /source.repoSource': the local cloud does not offer/,
    ],
    [
      'a substitution without an underscore',
      {substitutions: {TAG: '1'}},
      /Invalid value at 'substitutions.TAG'/,
    ],
    ['a timeout of a day and a second', {timeout: '86401s'}, /at most 24 hours/],
    ['a timeout without a unit', {timeout: '600'}, /expected a duration/],
    ['a tag with a blank', {tags: ['a b']}, /tags must match/],
    ['a topic that is none', {options: {pubsubTopic: 'builds'}}, /expected projects\/P\/topics\/T/],
  ];
  for (const [what, body, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parseNewBuild({steps: [STEP], ...body}), {status: 'INVALID_ARGUMENT', message});
    });
  }
});

import assert from 'node:assert/strict';
import {readInfrastructure} from './infrastructure.ts';
import {POLICIES} from './policies.ts';

/** For each policy, ways to break it: what is replaced where, and what is complained of. */
const BROKEN: Readonly<
  Record<string, readonly (readonly [file: string, from: string, to: string, RegExp])[]>
> = {
  P1: [
    ['functions.tf', '"RETRY_POLICY_RETRY"', '"RETRY_POLICY_DO_NOT_RETRY"', /dropped after one attempt/],
    ['functions.tf', 'retry_policy          = "RETRY_POLICY_RETRY"', '', /dropped after one attempt/],
  ],
  P2: [
    ['subscriptions.tf', 'dead_letter_policy {', 'labels_policy {', /no dead letters/],
    ['subscriptions.tf', '"600s"', '"60s"', /no back-off/],
    ['subscriptions.tf', '"604800s"', '"600s"', /less than a week/],
    ['subscriptions.tf', 'ttl = ""', 'ttl = "2678400s"', /expires/],
    ['subscriptions.tf', 'timeoutSeconds + 60)', 'timeoutSeconds + 10)', /receive-data/],
    [
      'subscriptions.tf',
      'min(600, local.functions[split("/", each.key)[1]].timeoutSeconds + 60)',
      '10',
      /is given 10/,
    ],
  ],
  P3: [
    ['subscriptions.tf', 'retentionDays * 24', 'retentionDays * 1', /less than 31 days/],
    ['subscriptions.tf', '"dead_letters"', '"other_letters"', /nobody keeps/],
  ],
  P4: [
    ['functions.tf', '"sweep/scheduler",', '"sweep/trainer",', /trainer may call function sweep/],
    ['functions.tf', '"user:', '"allUsers:', /allUsers.* may call function rerun/],
  ],
  P5: [
    [
      'functions.tf',
      'google_service_account.account[each.key].email',
      'google_service_account.account["trigger"].email',
      /no account of its own/,
    ],
    ['functions.tf', 'max_instance_count = each.value.maxInstances', '', /no bound of instances/],
    [
      'functions.tf',
      'max_instance_request_concurrency = 1',
      'max_instance_request_concurrency = 80',
      /requests at once/,
    ],
    ['functions.tf', '"ALLOW_INTERNAL_ONLY"', '"ALLOW_ALL"', /open ingress/],
    ['functions.tf', 'NODE_ENV = "production"', 'NODE_ENV = "development"', /NODE_ENV is not production/],
  ],
  P6: [
    ['firestore.tf', 'RECOVERY_ENABLED', 'RECOVERY_DISABLED', /cannot be restored/],
    ['firestore.tf', 'PROTECTION_ENABLED', 'PROTECTION_DISABLED', /can be deleted/],
    ['firestore.tf', '"outbox"', '"reruns"', /documents of reruns expire/],
    ['firestore.rules', 'if false', 'if request.auth != null', /lets somebody in/],
  ],
  P7: [
    [
      'schedule.tf',
      'audience              = local.urls[each.key]',
      'audience = local.urls["rerun"]',
      /for somebody else/,
    ],
    ['schedule.tf', 'oidc_token {', 'oauth_token {', /no token/],
  ],
  P8: [
    [
      'firestore.tf',
      'location_id                       = var.region',
      'location_id = "nam5"',
      /lies in nam5/,
    ],
    ['versions.tf', 'default_labels        = { app = "millrace" }', '', /no label/],
  ],
  P9: [
    ['budget.tf', '"google_billing_budget"', '"google_billing_hope"', /no budget/],
    ['budget.tf', '"threshold_rules"', '"rules"', /warns of nothing/],
  ],
  P10: [
    [
      'buckets.tf',
      '"runs/split-data",',
      '"runs/split-data", "data/trainer",',
      /not told: trainer has roles\/storage.objectViewer on bucket data/,
    ],
    [
      'topics.tf',
      '"run-accepted/receive-data",',
      '',
      /not granted: receive-data has roles\/pubsub.publisher on topic run-accepted/,
    ],
    [
      'firestore.tf',
      'roles/datastore.user',
      'roles/datastore.owner',
      /not told: build-image has roles\/datastore.owner/,
    ],
    [
      'workflows.tf',
      'roles/bigquery.jobUser',
      'roles/editor',
      /split-in-bigquery has roles\/editor on project/,
    ],
    [
      'buckets.tf',
      '"google_storage_bucket_iam_member" "log_writer"',
      '"google_storage_bucket_iam_binding" "log_writer"',
      /removes grants/,
    ],
  ],
  P11: [
    [
      'outputs.tf',
      'value       = local.urls["rerun"]',
      'value = google_service_account_key.key.private_key',
      /rerun_url tells a secret/,
    ],
    ['variables.tf', 'variable "alert_email"', 'variable "alert_token"', /takes a secret/],
  ],
  P12: [
    [
      'buckets.tf',
      '["data", "runs", "admission", "source"]',
      '["data", "source"]',
      /not buckets of their own/,
    ],
    ['functions.tf', 'google_storage_bucket.bucket[event_trigger.value].name', '"*"', /does not filter/],
  ],
};

describe('the infrastructure', () => {
  for (const [sentence, policy] of Object.entries(POLICIES)) {
    it(`keeps ${sentence}`, async () => {
      assert.deepEqual(policy(await readInfrastructure()), []);
    });

    const [id = ''] = sentence.split(':');
    for (const [file, from, to, complaint] of BROKEN[id] ?? []) {
      it(`breaks ${id} in ${file} with ${to || 'a line missing'}`, async () => {
        const complaints = policy(await readInfrastructure([[file, from, to]]));
        assert.match(complaints.join('\n'), complaint);
      });
    }
  }

  it('can be broken in every way that is watched', () => {
    const ids = Object.keys(POLICIES).map((sentence) => sentence.split(':')[0]);
    assert.deepEqual(Object.keys(BROKEN), ids);
  });
});

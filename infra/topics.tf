# The topics of functions.yaml. Where all messages have one form, Pub/Sub refuses any other.

locals {
  deployment = yamldecode(file("${path.module}/functions.yaml"))
  schemas    = toset(values(local.deployment.schemas))
}

resource "google_pubsub_schema" "schema" {
  for_each   = local.schemas
  name       = each.key
  type       = "PROTOCOL_BUFFER"
  definition = file("${path.module}/schemas/${each.key}.proto")
  depends_on = [google_project_service.api]
}

resource "google_pubsub_topic" "topic" {
  for_each     = toset(local.deployment.topics)
  name         = each.key
  kms_key_name = google_kms_crypto_key.key.id

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  dynamic "schema_settings" {
    for_each = contains(keys(local.deployment.schemas), each.key) ? [local.deployment.schemas[each.key]] : []
    content {
      schema   = google_pubsub_schema.schema[schema_settings.value].id
      encoding = "JSON"
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.agent]
}

# Topic/account. Who leaves a door wakes whom it lets in, and so tells other stages, too.
resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = toset([
    "cloud-builds/watch-job",
    "data-ready/sweep",
    "dead-letters/retry-stage",
    "image-ready/build-image",
    "image-ready/complete-job",
    "image-ready/release-model",
    "image-ready/rerun",
    "image-ready/start-tuning",
    "image-ready/sweep",
    "job-complete/complete-job",
    "job-complete/release-model",
    "job-complete/rerun",
    "job-complete/start-tuning",
    "job-complete/sweep",
    "job-complete/watch-job",
    "model-exported/complete-job",
    "model-exported/release-model",
    "model-exported/rerun",
    "model-exported/start-tuning",
    "model-exported/sweep",
    "run-accepted/receive-data",
    "run-accepted/rerun",
    "run-accepted/split-in-bigquery",
    "run-accepted/sweep",
    "run-failed/build-image",
    "run-failed/complete-job",
    "run-failed/receive-data",
    "run-failed/record-failure",
    "run-failed/release-model",
    "run-failed/split-data",
    "run-failed/start-tuning",
    "run-failed/sweep",
    "split-ready/build-image",
    "split-ready/rerun",
    "split-ready/split-data",
    "split-ready/start-tuning",
    "split-ready/sweep",
    "version-rejected/release-model",
    "version-rejected/sweep",
    "version-released/release-model",
    "version-released/sweep",
  ])
  topic  = google_pubsub_topic.topic[split("/", each.key)[0]].name
  role   = "roles/pubsub.publisher"
  member = google_service_account.account[split("/", each.key)[1]].member
}

# Topic/service: what Cloud Build tells by itself, and where Pub/Sub puts what it gives up.
resource "google_pubsub_topic_iam_member" "agent" {
  for_each = toset(["cloud-builds/cloudbuild", "dead-letters/pubsub", "unrecorded/pubsub"])
  topic    = google_pubsub_topic.topic[split("/", each.key)[0]].name
  role     = "roles/pubsub.publisher"
  member   = google_project_service_identity.agent[split("/", each.key)[1]].member
}

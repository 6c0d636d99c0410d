# Three buckets for the pipeline, so that outputs start no runs and admissions are created by few: data (pipelines and their data),
# runs (everything a run writes), admission (who may begin a paid attempt). And two for the deployment: source (the functions' code) and logs.

locals {
  bucket_names = { for name in ["data", "runs", "admission", "source"] : name => "${var.project}-${name}" }
  # Days after which an object that was replaced is deleted.
  days_kept = { data = 30, runs = 30, admission = 30, source = 90 }
}

resource "google_storage_bucket" "bucket" {
  for_each                    = local.bucket_names
  name                        = each.value
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  encryption {
    default_kms_key_name = google_kms_crypto_key.key.id
  }

  logging {
    log_bucket        = google_storage_bucket.logs.name
    log_object_prefix = each.key
  }

  lifecycle_rule {
    condition {
      days_since_noncurrent_time = local.days_kept[each.key]
    }
    action {
      type = "Delete"
    }
  }

  lifecycle_rule {
    condition {
      age = 7
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.storage]
}

resource "google_storage_bucket" "logs" {
  #checkov:skip=CKV_GCP_62:it is where the others log to; a log of reads of the log would have no end
  name                        = "${var.project}-access-logs"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"

  versioning {
    enabled = true
  }

  encryption {
    default_kms_key_name = google_kms_crypto_key.key.id
  }

  lifecycle_rule {
    condition {
      age = 90
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.storage]
}

resource "google_storage_bucket_iam_member" "log_writer" {
  bucket = google_storage_bucket.logs.name
  role   = "roles/storage.objectCreator"
  member = "group:cloud-storage-analytics@google.com"
}

# Bucket/account.
resource "google_storage_bucket_iam_member" "viewer" {
  for_each = toset([
    "admission/build-image",
    "admission/builder",
    "admission/complete-job",
    "admission/release-model",
    "admission/rerun",
    "admission/start-tuning",
    "admission/sweep",
    "admission/trainer",
    "data/build-image",
    "data/builder",
    "data/rerun",
    "data/split-data",
    "data/sweep",
    "runs/complete-job",
    "runs/release-model",
    "runs/rerun",
    "runs/split-data",
    "runs/split-in-bigquery",
    "runs/trainer",
    "source/function-builder",
  ])
  bucket = google_storage_bucket.bucket[split("/", each.key)[0]].name
  role   = "roles/storage.objectViewer"
  member = google_service_account.account[split("/", each.key)[1]].member
}

# Whoever creates can neither replace nor delete.
resource "google_storage_bucket_iam_member" "creator" {
  for_each = toset([
    "admission/build-image",
    "admission/builder",
    "admission/complete-job",
    "admission/release-model",
    "admission/rerun",
    "admission/start-tuning",
    "admission/sweep",
    "admission/trainer",
    "runs/split-data",
    "runs/split-in-bigquery",
    "runs/trainer",
  ])
  bucket = google_storage_bucket.bucket[split("/", each.key)[0]].name
  role   = "roles/storage.objectCreator"
  member = google_service_account.account[split("/", each.key)[1]].member
}

# Cloud Storage announces finalized objects through Pub/Sub: https://cloud.google.com/eventarc/docs/run/route-trigger-cloud-storage
resource "google_project_iam_member" "storage_events" {
  project = var.project
  role    = "roles/pubsub.publisher"
  member  = data.google_storage_project_service_account.agent.member
}

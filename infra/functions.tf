# The functions of functions.yaml, each from its own bundle and as its own account.

locals {
  functions = local.deployment.functions
  # https://cloud.google.com/run/docs/triggering/https-request#deterministic: known before the function is there, and a valid audience.
  urls = {
    for name in keys(local.functions) :
    name => "https://${name}-${data.google_project.project.number}.${var.region}.run.app"
  }
  # Who may call an HTTP function, by what the function itself checks.
  callers = {
    rerun = concat([google_service_account.account["retry-stage"].email], tolist(var.operators))
    sweep = [google_service_account.account["scheduler"].email]
  }
  environment = merge({
    GOOGLE_CLOUD_PROJECT      = var.project
    MILLRACE_REGION           = var.region
    MILLRACE_DATA_BUCKET      = google_storage_bucket.bucket["data"].name
    MILLRACE_RUNS_BUCKET      = google_storage_bucket.bucket["runs"].name
    MILLRACE_ADMISSION_BUCKET = google_storage_bucket.bucket["admission"].name
    MILLRACE_DATABASE         = google_firestore_database.database.name
    MILLRACE_REPOSITORY       = google_artifact_registry_repository.repository["millrace"].repository_id
    MILLRACE_BUILDER_ACCOUNT  = google_service_account.account["builder"].email
    MILLRACE_TRAINER_ACCOUNT  = google_service_account.account["trainer"].email
    # Nobody is let past Cloud Run's own check of invokers: see the grants below.
    MILLRACE_PLATFORM_VERIFIES_TOKENS = "true"
    # Without it the functions framework would answer with the texts of errors.
    NODE_ENV = "production"
    },
    length(var.table_datasets) == 0 ? {} : { MILLRACE_TABLE_DATASETS = join(",", var.table_datasets) },
    var.traces ? { MILLRACE_TRACES = "https://telemetry.googleapis.com/v1/traces" } : {},
  var.settings)
}

data "archive_file" "bundle" {
  for_each   = local.functions
  type       = "zip"
  source_dir = "${path.module}/${var.sources}/dist/functions/${each.key}"
  # Made anew where it is deployed; with it, each build would be another revision.
  excludes    = ["compile-cache/**"]
  output_path = "${path.module}/.terraform/bundles/${each.key}.zip"
}

# Named after its content, so that new code is a new object and with it a new revision.
resource "google_storage_bucket_object" "bundle" {
  for_each = local.functions
  name     = "functions/${each.key}/${data.archive_file.bundle[each.key].output_sha256}.zip"
  bucket   = google_storage_bucket.bucket["source"].name
  source   = data.archive_file.bundle[each.key].output_path
}

resource "google_cloudfunctions2_function" "function" {
  for_each = local.functions
  name     = each.key
  location = var.region

  build_config {
    runtime           = "nodejs24"
    entry_point       = each.key
    service_account   = google_service_account.account["function-builder"].id
    docker_repository = google_artifact_registry_repository.repository["functions"].id

    source {
      storage_source {
        bucket = google_storage_bucket.bucket["source"].name
        object = google_storage_bucket_object.bundle[each.key].name
      }
    }
  }

  service_config {
    available_memory   = each.value.memory
    timeout_seconds    = each.value.timeoutSeconds
    max_instance_count = each.value.maxInstances
    # When an instance is told to end, the framework answers for one request only.
    max_instance_request_concurrency = 1
    # People call rerun from where they are; all others are called from within Google Cloud.
    ingress_settings      = each.key == "rerun" ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"
    service_account_email = google_service_account.account[each.key].email
    environment_variables = merge(
      local.environment,
      can(each.value.nodeOptions) ? { NODE_OPTIONS = each.value.nodeOptions } : {},
      can(local.callers[each.key]) ? {
        MILLRACE_AUDIENCE = local.urls[each.key]
        MILLRACE_INVOKERS = join(",", local.callers[each.key])
      } : {},
    )
  }

  # Objects come through Eventarc; messages by the subscriptions in subscriptions.tf.
  dynamic "event_trigger" {
    for_each = [for trigger in each.value.triggers : trigger.bucket if can(trigger.bucket)]
    content {
      trigger_region        = var.region
      event_type            = "google.cloud.storage.object.v1.finalized"
      retry_policy          = "RETRY_POLICY_RETRY"
      service_account_email = google_service_account.account["trigger"].email

      event_filters {
        attribute = "bucket"
        value     = google_storage_bucket.bucket[event_trigger.value].name
      }
    }
  }

  depends_on = [
    google_project_iam_member.event_receiver,
    google_project_iam_member.log_writer,
    google_project_iam_member.storage_events,
    google_artifact_registry_repository_iam_member.writer,
    google_storage_bucket_iam_member.viewer,
  ]
}

resource "google_project_iam_member" "event_receiver" {
  project = var.project
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.account["trigger"].member
}

# Who takes events may write spans, and read none.
resource "google_project_iam_member" "traces_writer" {
  for_each = toset(var.traces ? [
    "build-image",
    "complete-job",
    "receive-data",
    "record-failure",
    "release-model",
    "split-data",
    "start-tuning",
  ] : [])
  project = var.project
  role    = "roles/telemetry.tracesWriter"
  member  = google_service_account.account[each.key].member
}

# Function/account.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = toset([
    "build-image/trigger",
    "complete-job/trigger",
    "receive-data/trigger",
    "record-failure/trigger",
    "release-model/trigger",
    "rerun/retry-stage",
    "split-data/trigger",
    "start-tuning/trigger",
    "sweep/scheduler",
  ])
  location = var.region
  name     = google_cloudfunctions2_function.function[split("/", each.key)[0]].name
  role     = "roles/run.invoker"
  member   = google_service_account.account[split("/", each.key)[1]].member
}

resource "google_cloud_run_v2_service_iam_member" "operator" {
  for_each = var.operators
  location = var.region
  name     = google_cloudfunctions2_function.function["rerun"].name
  role     = "roles/run.invoker"
  member   = "user:${each.key}"
}

# What writes logs by an account of its own choice has to be let: functions do so through Cloud Run.
resource "google_project_iam_member" "log_writer" {
  for_each = toset(["builder", "function-builder", "trainer", "retry-stage", "split-in-bigquery", "watch-job"])
  project  = var.project
  role     = "roles/logging.logWriter"
  member   = google_service_account.account[each.key].member
}

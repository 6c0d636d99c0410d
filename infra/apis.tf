# Service agents are Google's own accounts, one for each service. They are asked for here because grants to them fail before they exist.

resource "google_project_service" "api" {
  for_each = toset([
    "aiplatform.googleapis.com",
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudkms.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtrace.googleapis.com",
    "eventarc.googleapis.com",
    "firebaserules.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "storage.googleapis.com",
    "telemetry.googleapis.com",
    "workflowexecutions.googleapis.com",
    "workflows.googleapis.com",
  ])
  service            = each.key
  disable_on_destroy = false
}

data "google_project" "project" {
  depends_on = [google_project_service.api]
}

data "google_storage_project_service_account" "agent" {
  depends_on = [google_project_service.api]
}

resource "google_project_service_identity" "agent" {
  provider   = google-beta
  for_each   = toset(["aiplatform", "artifactregistry", "cloudbuild", "eventarc", "pubsub"])
  service    = "${each.key}.googleapis.com"
  depends_on = [google_project_service.api]
}

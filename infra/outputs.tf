output "environment" {
  description = "What the millrace command needs to work on this deployment, as lines to paste into a shell."
  value = join("\n", [for name, value in {
    GOOGLE_CLOUD_PROJECT      = var.project
    MILLRACE_REGION           = var.region
    MILLRACE_DATA_BUCKET      = google_storage_bucket.bucket["data"].name
    MILLRACE_RUNS_BUCKET      = google_storage_bucket.bucket["runs"].name
    MILLRACE_ADMISSION_BUCKET = google_storage_bucket.bucket["admission"].name
    MILLRACE_DATABASE         = google_firestore_database.database.name
    MILLRACE_REPOSITORY       = google_artifact_registry_repository.repository["millrace"].repository_id
    MILLRACE_RERUN_URL        = local.urls["rerun"]
    MILLRACE_AUDIENCE         = local.urls["rerun"]
  } : "export ${name}=${value}"])
}

output "rerun_url" {
  description = "Address of the function rerun; also the audience that tokens for it are made out to."
  value       = local.urls["rerun"]
}

output "data_bucket" {
  description = "Where pipelines and their data go."
  value       = google_storage_bucket.bucket["data"].name
}

# workflows/NAME.yaml becomes the workflow NAME and runs as the account NAME.

locals {
  workflows = {
    for file in fileset("${path.module}/${var.sources}/workflows", "*.yaml") :
    trimsuffix(file, ".yaml") => "${path.module}/${var.sources}/workflows/${file}"
  }
}

resource "google_workflows_workflow" "workflow" {
  for_each            = local.workflows
  name                = each.key
  region              = var.region
  service_account     = google_service_account.account[each.key].id
  source_contents     = file(each.value)
  call_log_level      = "LOG_ERRORS_ONLY"
  deletion_protection = false

  user_env_vars = {
    MILLRACE_RERUN_URL = local.urls["rerun"]
    MILLRACE_AUDIENCE  = local.urls["rerun"]
  }
}

resource "google_project_iam_member" "bigquery_job_user" {
  project = var.project
  role    = "roles/bigquery.jobUser"
  member  = google_service_account.account["split-in-bigquery"].member
}

resource "google_bigquery_dataset_iam_member" "reader" {
  for_each   = var.table_datasets
  project    = split(".", each.key)[0]
  dataset_id = split(".", each.key)[1]
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.account["split-in-bigquery"].member
}

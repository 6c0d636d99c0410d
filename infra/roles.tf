# Roles of our own where Google's are too wide: roles/aiplatform.user may do three hundred things, roles/cloudbuild.builds.editor lends every account.

locals {
  permissions = {
    job_reader = [
      "aiplatform.customJobs.get",
      "aiplatform.customJobs.list",
      "aiplatform.hyperparameterTuningJobs.get",
      "aiplatform.hyperparameterTuningJobs.list",
    ]
    job_canceller = [
      "aiplatform.customJobs.cancel",
      "aiplatform.hyperparameterTuningJobs.cancel",
    ]
    job_starter = [
      "aiplatform.customJobs.create",
      "aiplatform.hyperparameterTuningJobs.create",
    ]
    model_reader = [
      "aiplatform.models.get",
      "aiplatform.models.list",
    ]
    # Traffic, alias and undeployment, by which a release is taken back; who looks at an endpoint that is not there makes it.
    endpoint_keeper = [
      "aiplatform.endpoints.create",
      "aiplatform.endpoints.get",
      "aiplatform.endpoints.undeploy",
      "aiplatform.endpoints.update",
      "aiplatform.models.update",
      "aiplatform.operations.get",
    ]
    releaser = [
      "aiplatform.endpoints.deploy",
      "aiplatform.endpoints.predict",
      "aiplatform.models.upload",
    ]
    # Of versions: a second one of a run, of an upload that was given up too early.
    version_remover = ["aiplatform.models.delete"]
    build_reader = [
      "cloudbuild.builds.get",
      "cloudbuild.builds.list",
    ]
    # To cancel a build is to update it.
    build_canceller = ["cloudbuild.builds.update"]
    build_starter   = ["cloudbuild.builds.create"]
    workflow_starter = [
      "workflows.executions.create",
      "workflows.executions.get",
      "workflows.executions.list",
    ]
  }
}

resource "google_project_iam_custom_role" "role" {
  for_each    = local.permissions
  role_id     = "millrace.${each.key}"
  title       = "Millrace ${replace(each.key, "_", " ")}"
  permissions = each.value
  depends_on  = [google_project_service.api]
}

# Role/account.
resource "google_project_iam_member" "custom" {
  for_each = toset([
    "build_canceller/build-image",
    "build_canceller/watch-job",
    "build_reader/build-image",
    "build_reader/start-tuning",
    "build_reader/sweep",
    "build_reader/watch-job",
    "build_starter/build-image",
    "endpoint_keeper/release-model",
    "endpoint_keeper/rerun",
    "endpoint_keeper/sweep",
    "job_canceller/complete-job",
    "job_canceller/rerun",
    "job_canceller/start-tuning",
    "job_canceller/sweep",
    "job_canceller/watch-job",
    "job_reader/complete-job",
    "job_reader/record-failure",
    "job_reader/release-model",
    "job_reader/rerun",
    "job_reader/start-tuning",
    "job_reader/sweep",
    "job_reader/watch-job",
    "job_starter/complete-job",
    "job_starter/start-tuning",
    "model_reader/complete-job",
    "model_reader/release-model",
    "model_reader/rerun",
    "model_reader/sweep",
    "releaser/release-model",
    "version_remover/release-model",
    "version_remover/sweep",
    "workflow_starter/build-image",
    "workflow_starter/complete-job",
    "workflow_starter/release-model",
    "workflow_starter/split-data",
    "workflow_starter/start-tuning",
  ])
  project = var.project
  role    = google_project_iam_custom_role.role[split("/", each.key)[0]].id
  member  = google_service_account.account[split("/", each.key)[1]].member
}

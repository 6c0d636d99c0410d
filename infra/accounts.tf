# One account for each function and workflow, and for everything else that acts. What an account may do stands beside what it may do it with.

locals {
  accounts = setunion(keys(local.functions), keys(local.workflows), [
    "builder",          # builds trainer images
    "function-builder", # builds the functions
    "scheduler",        # calls sweep
    "trainer",          # is what trials and trainings run as
    "trigger",          # brings events to functions
  ])
}

resource "google_service_account" "account" {
  for_each     = local.accounts
  account_id   = "millrace-${each.key}"
  display_name = "Millrace ${each.key}"
  depends_on   = [google_project_service.api]
}

# Who may start something that runs as somebody else: whose/who.
resource "google_service_account_iam_member" "user" {
  for_each           = toset(["builder/build-image", "trainer/start-tuning", "trainer/complete-job"])
  service_account_id = google_service_account.account[split("/", each.key)[0]].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.account[split("/", each.key)[1]].member
}

# State. A database of its own name, so that grants can be limited to it.

resource "google_firestore_database" "database" {
  name                              = "millrace"
  location_id                       = var.region
  type                              = "FIRESTORE_NATIVE"
  concurrency_mode                  = "OPTIMISTIC"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  deletion_policy                   = "ABANDON"
  depends_on                        = [google_project_service.api]
}

# "millrace runs --pipeline".
resource "google_firestore_index" "runs_of_pipeline" {
  database   = google_firestore_database.database.name
  collection = "runs"

  fields {
    field_path = "pipeline"
    order      = "ASCENDING"
  }

  fields {
    field_path = "createdAt"
    order      = "DESCENDING"
  }
}

# The released run that a new split is compared with, and the search that a warm start goes on from.
resource "google_firestore_index" "newest_run" {
  for_each   = toset(["state", "tuning.search"])
  database   = google_firestore_database.database.name
  collection = "runs"

  fields {
    field_path = "pipeline"
    order      = "ASCENDING"
  }

  fields {
    field_path = each.key
    order      = "ASCENDING"
  }

  fields {
    field_path = "createdAt"
    order      = "DESCENDING"
  }
}

# Documents that say when they are of no use any more. Runs, drops, effects and reruns are never deleted: they are what keeps a step from being done twice.
resource "google_firestore_field" "expiry" {
  for_each   = toset(["callers", "keys", "outbox"])
  database   = google_firestore_database.database.name
  collection = each.key
  field      = "expireAt"

  ttl_config {}

  # Nobody asks for it, and a field that grows with time makes a hot spot of its index.
  index_config {}
}

# The way in for web and mobile clients, which go by rules and not by IAM, is closed.
resource "google_firebaserules_ruleset" "closed" {
  source {
    files {
      name    = "firestore.rules"
      content = file("${path.module}/firestore.rules")
    }
  }
  depends_on = [google_firestore_database.database]
}

resource "google_firebaserules_release" "closed" {
  name         = "cloud.firestore/${google_firestore_database.database.name}"
  ruleset_name = google_firebaserules_ruleset.closed.name
}

resource "google_project_iam_member" "firestore" {
  for_each = local.functions
  project  = var.project
  role     = "roles/datastore.user"
  member   = google_service_account.account[each.key].member

  condition {
    title      = "only-millrace"
    expression = "resource.name == \"projects/${var.project}/databases/${google_firestore_database.database.name}\""
  }
}

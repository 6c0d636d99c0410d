# Images: of trainers, tagged by the content of their source, and of the functions.

locals {
  repositories = {
    millrace  = { immutable = true, days = 180, kept = 50 }
    functions = { immutable = false, days = 30, kept = 5 }
  }
}

resource "google_artifact_registry_repository" "repository" {
  for_each      = local.repositories
  repository_id = each.key
  location      = var.region
  format        = "DOCKER"
  kms_key_name  = google_kms_crypto_key.key.id

  # Cloud Functions moves tags in its own repository.
  docker_config {
    immutable_tags = each.value.immutable
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "${each.value.days * 24 * 60 * 60}s"
    }
  }

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = each.value.kept
    }
  }

  depends_on = [google_kms_crypto_key_iam_member.agent]
}

# Repository/account.
resource "google_artifact_registry_repository_iam_member" "writer" {
  for_each   = toset(["functions/function-builder", "millrace/builder"])
  location   = var.region
  repository = google_artifact_registry_repository.repository[split("/", each.key)[0]].name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.account[split("/", each.key)[1]].member
}

resource "google_artifact_registry_repository_iam_member" "reader" {
  for_each   = toset(["millrace/build-image", "millrace/rerun"])
  location   = var.region
  repository = google_artifact_registry_repository.repository[split("/", each.key)[0]].name
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.account[split("/", each.key)[1]].member
}

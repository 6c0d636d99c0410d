# One key of ours for what is stored: buckets, topics, images.

resource "google_kms_key_ring" "ring" {
  name       = "millrace"
  location   = var.region
  depends_on = [google_project_service.api]
}

resource "google_kms_crypto_key" "key" {
  name            = "millrace"
  key_ring        = google_kms_key_ring.ring.id
  rotation_period = "7776000s"

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_kms_crypto_key_iam_member" "storage" {
  crypto_key_id = google_kms_crypto_key.key.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = data.google_storage_project_service_account.agent.member
}

resource "google_kms_crypto_key_iam_member" "agent" {
  for_each      = toset(["artifactregistry", "pubsub"])
  crypto_key_id = google_kms_crypto_key.key.id
  role          = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
  member        = google_project_service_identity.agent[each.key].member
}

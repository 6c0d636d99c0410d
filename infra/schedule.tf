# What functions.yaml starts by the clock.

resource "google_cloud_scheduler_job" "job" {
  for_each = { for name, function in local.functions : name => function.triggers[0].schedule if can(function.triggers[0].schedule) }
  name     = each.key
  region   = var.region
  schedule = each.value
  # As long as one call may take.
  attempt_deadline = "${local.functions[each.key].timeoutSeconds}s"

  # The next minute brings the next attempt.
  retry_config {
    retry_count = 0
  }

  http_target {
    http_method = "POST"
    uri         = local.urls[each.key]

    oidc_token {
      service_account_email = google_service_account.account["scheduler"].email
      audience              = local.urls[each.key]
    }
  }

  depends_on = [google_cloudfunctions2_function.function]
}

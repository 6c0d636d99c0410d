# What a person should hear of: everything else mends itself.

resource "google_monitoring_notification_channel" "email" {
  count        = var.alert_email == null ? 0 : 1
  display_name = "Millrace"
  type         = "email"
  labels       = { email_address = var.alert_email }
  depends_on   = [google_project_service.api]
}

locals {
  channels = google_monitoring_notification_channel.email[*].id
  alerts = {
    "dead-letters" = {
      filter = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/dead_letter_message_count\""
      above  = 0
      advice = "A message was delivered in vain ten times; its run is closed with the reason. See \"millrace runs\", then \"millrace replay\"."
    }
    "unrecorded" = {
      filter = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/dead_letter_message_count\" AND resource.label.subscription_id = \"${local.dead_letters.topic}-to-record-failure\""
      above  = 0
      advice = "record-failure could not take a dead letter, so a run may wait for its deadline. Read its log, then \"millrace replay\"."
    }
    "backlog" = {
      filter = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.label.subscription_id = monitoring.regex.full_match(\".+-to-.+\")"
      above  = 1800
      advice = "A message has waited for half an hour: a function fails or has too few instances. Its log tells which."
    }
    "failed-runs" = {
      filter = "resource.type = \"pubsub_topic\" AND metric.type = \"pubsub.googleapis.com/topic/send_message_operation_count\" AND resource.label.topic_id = \"run-failed\""
      above  = 0
      advice = "A run has failed. \"millrace show RUN\" says why and what to do."
    }
  }
}

resource "google_monitoring_alert_policy" "threshold" {
  for_each              = local.alerts
  display_name          = "Millrace ${each.key}"
  combiner              = "OR"
  notification_channels = local.channels

  documentation {
    content = each.value.advice
  }

  conditions {
    display_name = each.key

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = "0s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = each.key == "backlog" ? "ALIGN_MAX" : "ALIGN_DELTA"
        cross_series_reducer = each.key == "backlog" ? "REDUCE_MAX" : "REDUCE_SUM"
      }
    }
  }
}

# Whatever else is lost, the sweep finds; so the one thing to watch is whether it runs.
resource "google_monitoring_alert_policy" "sweep_is_away" {
  display_name          = "Millrace sweep-is-away"
  combiner              = "OR"
  notification_channels = local.channels

  documentation {
    content = "sweep has not answered for ten minutes: look at the scheduler job and the function's log."
  }

  conditions {
    display_name = "no successful sweep"

    condition_absent {
      filter   = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\" AND resource.label.service_name = \"sweep\" AND metric.label.response_code_class = \"2xx\""
      duration = "600s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_RATE"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  depends_on = [google_cloudfunctions2_function.function]
}

# Topics reach functions by subscriptions of our own, not by Eventarc's: those can have no dead letters, and give up after a day.
# A push ends up as the same CloudEvent: the functions framework converts it and takes the topic from the path.

locals {
  # Topic/function, for every topic that starts a function.
  pushes = toset(flatten([
    for name, function in local.functions : [for trigger in function.triggers : "${trigger.topic}/${name}" if can(trigger.topic)]
  ]))
  dead_letters = local.deployment.deadLetters
}

resource "google_pubsub_subscription" "push" {
  for_each                   = local.pushes
  name                       = replace(each.key, "/", "-to-")
  topic                      = google_pubsub_topic.topic[split("/", each.key)[0]].id
  message_retention_duration = "604800s"
  # Also how long one push may take.
  ack_deadline_seconds = min(600, local.functions[split("/", each.key)[1]].timeoutSeconds + 60)

  expiration_policy {
    ttl = ""
  }

  push_config {
    push_endpoint = "${local.urls[split("/", each.key)[1]]}/projects/${var.project}/topics/${split("/", each.key)[0]}"

    oidc_token {
      service_account_email = google_service_account.account["trigger"].email
      audience              = local.urls[split("/", each.key)[1]]
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # What record-failure cannot take goes to a topic of its own, or it would go round in circles.
  dead_letter_policy {
    dead_letter_topic = google_pubsub_topic.topic[
      startswith(each.key, "${local.dead_letters.topic}/") ? local.dead_letters.unrecordedTopic : local.dead_letters.topic
    ].id
    max_delivery_attempts = local.dead_letters.maxDeliveryAttempts
  }

  depends_on = [google_cloudfunctions2_function.function]
}

# Every dead letter, for "millrace replay".
resource "google_pubsub_subscription" "dead_letters" {
  name                       = local.dead_letters.subscription
  topic                      = google_pubsub_topic.topic[local.dead_letters.topic].id
  ack_deadline_seconds       = 60
  message_retention_duration = "${local.dead_letters.retentionDays * 24 * 60 * 60}s"

  expiration_policy {
    ttl = ""
  }
}

# Without it Pub/Sub could not take a message off a subscription after giving it up.
resource "google_pubsub_subscription_iam_member" "agent" {
  for_each     = local.pushes
  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = google_project_service_identity.agent["pubsub"].member
}

resource "google_service_account_iam_member" "push_token" {
  service_account_id = google_service_account.account["trigger"].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = google_project_service_identity.agent["pubsub"].member
}

# Log entries that functions.yaml wants as messages.

resource "google_logging_project_sink" "sink" {
  for_each               = local.deployment.sinks
  name                   = each.key
  destination            = "pubsub.googleapis.com/${google_pubsub_topic.topic[each.value.topic].id}"
  filter                 = each.value.filter
  unique_writer_identity = true
}

resource "google_pubsub_topic_iam_member" "sink" {
  for_each = local.deployment.sinks
  topic    = google_pubsub_topic.topic[each.value.topic].name
  role     = "roles/pubsub.publisher"
  member   = google_logging_project_sink.sink[each.key].writer_identity
}

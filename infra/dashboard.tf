# One page: what is under way, what waits, what fails, what it takes.

locals {
  charts = [
    { title = "Deliveries by function", per = "resource.label.service_name", aligner = "ALIGN_RATE",
    filter = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\"" },
    { title = "Time of a delivery, 95th percentile", per = "resource.label.service_name", aligner = "ALIGN_PERCENTILE_95",
    filter = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_latencies\"" },
    { title = "Instances", per = "resource.label.service_name", aligner = "ALIGN_MAX",
    filter = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/container/instance_count\"" },
    { title = "Oldest message that waits, in seconds", per = "resource.label.subscription_id", aligner = "ALIGN_MAX",
    filter = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"" },
    { title = "Dead letters", per = "resource.label.subscription_id", aligner = "ALIGN_DELTA",
    filter = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/dead_letter_message_count\"" },
    { title = "Runs by what became of them", per = "resource.label.topic_id", aligner = "ALIGN_DELTA",
    filter = "resource.type = \"pubsub_topic\" AND metric.type = \"pubsub.googleapis.com/topic/send_message_operation_count\" AND resource.label.topic_id = monitoring.regex.full_match(\"run-accepted|run-failed|version-released|version-rejected\")" },
    { title = "Firestore: documents read", per = "metric.label.type", aligner = "ALIGN_RATE",
    filter = "resource.type = \"firestore.googleapis.com/Database\" AND metric.type = \"firestore.googleapis.com/document/read_ops_count\"" },
    { title = "Firestore: documents written", per = "metric.label.op", aligner = "ALIGN_RATE",
    filter = "resource.type = \"firestore.googleapis.com/Database\" AND metric.type = \"firestore.googleapis.com/document/write_ops_count\"" },
  ]
}

resource "google_monitoring_dashboard" "overview" {
  dashboard_json = jsonencode({
    displayName = "Millrace"
    mosaicLayout = {
      columns = 12
      tiles = [for index, chart in local.charts : {
        xPos   = (index % 2) * 6
        yPos   = floor(index / 2) * 4
        width  = 6
        height = 4
        widget = {
          title = chart.title
          xyChart = {
            dataSets = [{
              plotType = "LINE"
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter = chart.filter
                  aggregation = {
                    alignmentPeriod    = "60s"
                    perSeriesAligner   = chart.aligner
                    crossSeriesReducer = "REDUCE_SUM"
                    groupByFields      = [chart.per]
                  }
                }
              }
            }]
          }
        }
      }]
    }
  })
  depends_on = [google_project_service.api]
}

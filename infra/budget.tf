# Limits of what can be spent unnoticed. What can be spent at all is bounded by the permits of builds and jobs and each pipeline's own budget.

resource "google_billing_budget" "monthly" {
  billing_account = data.google_project.project.billing_account
  display_name    = "Millrace"

  budget_filter {
    projects = ["projects/${data.google_project.project.number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  dynamic "all_updates_rule" {
    for_each = var.alert_email == null ? [] : [local.channels]
    content {
      monitoring_notification_channels = all_updates_rule.value
    }
  }
}

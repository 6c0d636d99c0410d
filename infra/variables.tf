variable "project" {
  type        = string
  description = "Id of the Google Cloud project; best one of its own, since topics and functions have plain names."
}

variable "region" {
  type        = string
  description = "Region of everything, such as us-central1. Vertex AI has to be offered there."

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "Expected a region such as us-central1: triggers, buckets, jobs and endpoints have to lie in one place."
  }
}

variable "operators" {
  type        = set(string)
  description = "E-mail addresses of the people who may call the function rerun, beside the workflows."
  default     = []
}

variable "alert_email" {
  type        = string
  description = "Where alerts and the budget's warnings are sent; without it they are only shown in the console."
  default     = null
}

variable "monthly_budget" {
  type        = number
  description = "Amount a month, in the billing account's currency, at 50, 90 and 100 % of which a warning is sent."
  default     = 100
}

variable "table_datasets" {
  type        = set(string)
  description = "Datasets of BigQuery whose tables may be split, each as project.dataset."
  default     = []
}

variable "traces" {
  type        = bool
  description = "Whether the functions that take events send spans to Cloud Trace."
  default     = false
}

variable "settings" {
  type        = map(string)
  description = "Further settings of the functions, by the names in docs/reference/configuration.md, such as MILLRACE_MAX_TUNING_JOBS."
  default     = {}
}

variable "sources" {
  type        = string
  description = "Folder that holds workflows/ and dist/functions/, seen from this one."
  default     = ".."
}

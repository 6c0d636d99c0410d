terraform {
  required_version = ">= 1.5"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
    # Only for google_project_service_identity.
    google-beta = {
      source  = "hashicorp/google-beta"
      version = "~> 6.50"
    }
    archive = {
      source  = "hashicorp/archive"
      version = "~> 2.7"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
  # The budget's API wants to know which project asks.
  user_project_override = true
  billing_project       = var.project
  default_labels        = { app = "millrace" }
}

provider "google-beta" {
  project = var.project
  region  = var.region
}

terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.60"
    }
    local = {
      source  = "hashicorp/local"
      version = "~> 2.5"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = var.allowed_account_ids

  # Other values than infra/terraform gives: the pipeline may change keys with those, and none of these.
  default_tags {
    tags = {
      Service     = "interactions-bootstrap"
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}

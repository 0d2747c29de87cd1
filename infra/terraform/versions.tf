terraform {
  required_version = ">= 1.11.0, < 2.0.0" # write-only arguments, and locks in S3

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.60"
    }
  }
}

provider "aws" {
  region              = var.region
  allowed_account_ids = var.allowed_account_ids

  default_tags {
    tags = {
      Service     = "interactions"
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}

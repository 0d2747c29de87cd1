variable "github_repository" {
  description = "The repository whose workflow deploys: OWNER/REPO, or OWNER@ID/REPO@ID where its tokens carry the ids, as those of repositories made or renamed since July 2026 do. A leading repo: is taken off."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^(repo:)?[A-Za-z0-9-]+(/[A-Za-z0-9._-]+|@[0-9]+/[A-Za-z0-9._-]+@[0-9]+)$", var.github_repository))
    error_message = "github_repository must be OWNER/REPO, as octo-org/interactions, or with both ids, as octo-org@123456/interactions@456789: what `gh api repos/OWNER/REPO/actions/oidc/customization/sub` says."
  }
}

variable "github_environment" {
  description = "The GitHub environment that the deploy job runs in, and its role is trusted with. Let only the branch below deploy to it."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,255}$", var.github_environment))
    error_message = "github_environment must be letters, digits, dots, dashes or underscores, as prod."
  }
}

variable "github_branch" {
  description = "The only branch that deploys; null leaves that to the GitHub environment's own rule, where AWS does not know the token's ref (GovCloud, China)."
  type        = string
  default     = "main"

  validation {
    condition     = var.github_branch == null || can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", var.github_branch))
    error_message = "github_branch must be one branch's name, as main, or null."
  }
}

variable "environment" {
  description = "The same as infra/terraform's: which deployment this is for."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{0,15}$", var.environment))
    error_message = "environment must be a small letter and up to 15 small letters or digits more, as prod."
  }
}

variable "region" {
  description = "The same as infra/terraform's: where the service and its state are."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a region's name, as us-east-1."
  }
}

variable "create_oidc_provider" {
  description = "Make the account's OIDC provider for GitHub, of which it has one; false where it is there already."
  type        = bool
  default     = true
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "A permissions boundary for the roles made here and, by force, for all that the pipeline makes (give infra/terraform the same); null is none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, or null."
  }
}

variable "replica_regions" {
  description = "The same as infra/terraform's: regions with a replica of every table. Apply it here first: it permits the pipeline to make the replicas and their keys. It also permits the pipeline to read and write the replicas' items, because DynamoDB copies them with its permissions."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.replica_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", name)) && name != var.region])
    error_message = "replica_regions must be other regions than the deployment's own."
  }
}

variable "allowed_account_ids" {
  description = "The ids of AWS accounts that may be planned and applied. Credentials of another account fail. null allows any."
  type        = set(string)
  default     = null

  validation {
    condition     = var.allowed_account_ids == null || try(length(var.allowed_account_ids) > 0 && alltrue([for id in var.allowed_account_ids : can(regex("^[0-9]{12}$", id))]), false)
    error_message = "allowed_account_ids must be account ids of 12 digits, at least one, or null."
  }
}

variable "zone_id" {
  description = "The same as infra/terraform's: the hosted zone of Route 53 that the pipeline may write records to, with certificates for them. null lets it do neither."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null || can(regex("^Z[0-9A-Z]{1,31}$", var.zone_id))
    error_message = "zone_id must be the id of a hosted zone, as Z0123456789ABC, or null."
  }
}

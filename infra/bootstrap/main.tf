# Run once by a person with administrator's credentials: where infra/terraform keeps its state, and as whom GitHub's
# workflow plans and deploys. What it may do is in permissions.tf. The state of this module stays in this folder; it holds
# no secret, and whoever loses it imports what is there.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  name      = "interactions-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  bucket          = "${local.name}-terraform-state-${local.account}"
  bucket_arn      = "arn:${local.partition}:s3:::${local.bucket}"
  state_key       = "interactions/terraform.tfstate"
  state_key_alias = "alias/${local.name}-terraform-state"
}

# --- The state's key

resource "aws_kms_key" "state" {
  description             = "Terraform's state of the Interactions service (${var.environment})."
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.state_key.json

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_alias" "state" {
  name          = local.state_key_alias
  target_key_id = aws_kms_key.state.key_id
}

# The account's own policies say who may use it: the two roles below, and administrators.
data "aws_iam_policy_document" "state_key" {
  #checkov:skip=CKV_AWS_109:A key's policy speaks of that key alone, which it calls *.
  #checkov:skip=CKV_AWS_111:The same.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid = "Account"
    actions = [
      "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:CreateGrant", "kms:Decrypt", "kms:DeleteAlias", "kms:DescribeKey",
      "kms:DisableKey", "kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:Encrypt",
      "kms:GenerateDataKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies",
      "kms:ListKeyRotations", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ReEncryptFrom", "kms:ReEncryptTo",
      "kms:RetireGrant", "kms:RevokeGrant", "kms:RotateKeyOnDemand", "kms:ScheduleKeyDeletion", "kms:TagResource",
      "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
    ]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }
}

# --- The state's bucket

resource "aws_s3_bucket" "state" {
  #checkov:skip=CKV_AWS_18:Access logs need a second bucket; who read or wrote the state is in CloudTrail's data events where they are on.
  #checkov:skip=CKV_AWS_144:The state describes one region, and versions keep its past.
  #checkov:skip=CKV2_AWS_62:Nobody waits for an event of the state.
  bucket = local.bucket

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.state.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket = aws_s3_bucket.state.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "past-states"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_policy" "state" {
  bucket = aws_s3_bucket.state.id
  policy = data.aws_iam_policy_document.state_bucket.json

  depends_on = [aws_s3_bucket_public_access_block.state]
}

data "aws_iam_policy_document" "state_bucket" {
  # All actions: this refuses.
  statement {
    sid       = "OnlyTLS"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.bucket_arn, "${local.bucket_arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  # A backend without kms_key_id would ask for AES256, which goes before the bucket's default.
  statement {
    sid       = "OnlyItsKey"
    effect    = "Deny"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Null"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["false"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "s3:x-amz-server-side-encryption"
      values   = ["aws:kms"]
    }
  }
}

# --- What tells infra/terraform about it: to be committed

resource "local_file" "backend" {
  filename        = "${path.module}/../terraform/backend.tf"
  file_permission = "0644"
  content         = <<-EOT
    # Written by infra/bootstrap.
    terraform {
      backend "s3" {
        bucket       = "${local.bucket}"
        key          = "${local.state_key}"
        region       = "${var.region}"
        encrypt      = true
        kms_key_id   = "${aws_kms_key.state.arn}"
        use_lockfile = true
      }
    }
  EOT
}

# --- GitHub's tokens, and the two roles that they get

locals {
  oidc_host         = "token.actions.githubusercontent.com"
  oidc_provider_arn = "arn:${local.partition}:iam::${local.account}:oidc-provider/${local.oidc_host}"

  repository = trimprefix(var.github_repository, "repo:")
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.create_oidc_provider ? 1 : 0

  url            = "https://${local.oidc_host}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "deploy_trust" {
  #checkov:skip=CKV_AWS_358:The repository has no default, so that the check sees none; tests/ state the whole subject.
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [local.oidc_provider_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.oidc_host}:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.oidc_host}:sub"
      values   = ["repo:${local.repository}:environment:${var.github_environment}"]
    }
    dynamic "condition" {
      for_each = var.github_branch == null ? [] : [var.github_branch]
      content {
        test     = "StringEquals"
        variable = "${local.oidc_host}:ref"
        values   = ["refs/heads/${condition.value}"]
      }
    }
  }
}

data "aws_iam_policy_document" "plan_trust" {
  #checkov:skip=CKV_AWS_358:The repository has no default, so that the check sees none; tests/ state the whole subject.
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [local.oidc_provider_arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.oidc_host}:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.oidc_host}:sub"
      values   = ["repo:${local.repository}:pull_request"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name                 = "${local.name}-deploy"
  description          = "GitHub's workflow on ${coalesce(var.github_branch, "the environment's branch")}: applies infra/terraform and releases versions."
  assume_role_policy   = data.aws_iam_policy_document.deploy_trust.json
  permissions_boundary = var.permissions_boundary_arn
  max_session_duration = 7200 # an apply, a canary, and what follows it

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role" "plan" {
  name                 = "${local.name}-plan"
  description          = "GitHub's workflow on pull requests: reads, to say what a change would do."
  assume_role_policy   = data.aws_iam_policy_document.plan_trust.json
  permissions_boundary = var.permissions_boundary_arn

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_policy" "pipeline" {
  for_each = merge(local.read_policies, local.write_policies)

  name        = "${local.name}-pipeline-${each.key}"
  description = "Of the roles of GitHub's workflow."
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = aws_iam_policy.pipeline

  role       = aws_iam_role.deploy.name
  policy_arn = each.value.arn
}

resource "aws_iam_role_policy_attachment" "plan" {
  for_each = local.read_policies

  role       = aws_iam_role.plan.name
  policy_arn = aws_iam_policy.pipeline[each.key].arn
}

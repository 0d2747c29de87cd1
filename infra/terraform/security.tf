# Who may do what: keys, roles, parameters and secrets, and the firewall. Policies name what they allow by ARNs made of names, so that a
# plan shows them whole.

locals {
  table_arn     = "arn:${local.partition}:dynamodb:${var.region}:${local.account}:table/"
  parameter_arn = "arn:${local.partition}:ssm:${var.region}:${local.account}:parameter/interactions/${var.environment}"
  log_group_arn = "arn:${local.partition}:logs:${var.region}:${local.account}:log-group:"
  topic_arn     = "arn:${local.partition}:sns:${var.region}:${local.account}:${local.name}-alerts"
  queue_arn     = "arn:${local.partition}:sqs:${var.region}:${local.account}:${local.name}-failed-tasks"
}

# --- The key

resource "aws_kms_key" "main" {
  description             = "The Interactions service (${var.environment}): tables, secrets, logs, alerts."
  enable_key_rotation     = true
  deletion_window_in_days = var.key_deletion_days
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "main" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.main.key_id
}

resource "aws_kms_key" "logs" {
  count = var.separate_logs_key ? 1 : 0

  description             = "The Interactions service (${var.environment}): logs."
  enable_key_rotation     = true
  deletion_window_in_days = var.key_deletion_days
  policy                  = data.aws_iam_policy_document.key.json
}

# Each replica's tables have a key in their own region.
resource "aws_kms_key" "replica" {
  for_each = var.replica_regions

  region                  = each.value
  description             = "The Interactions service (${var.environment}): replicas of the tables."
  enable_key_rotation     = true
  deletion_window_in_days = var.key_deletion_days
  policy                  = data.aws_iam_policy_document.replica_key.json
}

data "aws_iam_policy_document" "replica_key" {
  #checkov:skip=CKV_AWS_109:A key's policy speaks of that key alone, which it calls *.
  #checkov:skip=CKV_AWS_111:The same.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid       = "Account"
    actions   = local.key_administration
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }
}

locals {
  # All that a key's owner needs, and IAM's policies may pass on: without them a key could neither be changed nor used.
  key_administration = [
    "kms:CancelKeyDeletion", "kms:CreateAlias", "kms:CreateGrant", "kms:Decrypt", "kms:DeleteAlias", "kms:DescribeKey",
    "kms:DisableKey", "kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:Encrypt",
    "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus",
    "kms:ListAliases", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations", "kms:ListResourceTags",
    "kms:PutKeyPolicy", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:RetireGrant", "kms:RevokeGrant",
    "kms:RotateKeyOnDemand", "kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
  ]
}

data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:A key's policy speaks of that key alone, which it calls *.
  #checkov:skip=CKV_AWS_111:The same.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid       = "Account"
    actions   = local.key_administration
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "Logs"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["logs.${var.region}.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        "${local.log_group_arn}/aws/lambda/${local.name}",
        "${local.log_group_arn}/aws/apigateway/${local.name}",
        "${local.log_group_arn}API-Gateway-Execution-Logs_*",
        "${local.log_group_arn}aws-waf-logs-${local.name}",
      ]
    }
  }

  # Alarms and budgets publish to the topic; without this nothing arrives, and nothing says so.
  statement {
    sid       = "Alerts"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

# --- The function's role: one role, one policy

resource "aws_iam_role" "function" {
  name                 = "${local.name}-function"
  description          = "What the function may do."
  assume_role_policy   = data.aws_iam_policy_document.function_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "function_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "function"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}

data "aws_iam_policy_document" "function" {
  #checkov:skip=CKV_AWS_111:X-Ray's writes have no resource to name.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid = "Tables"
    actions = [
      "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem",
      "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
    ]
    # Its own, what a restore makes of them, and others that a variable may name.
    resources = flatten([for name, table in local.tables : [
      for prefix in compact([local.table_prefix, "${local.table_prefix}restored-*-", startswith(local.active_table_prefix, local.table_prefix) ? "" : local.active_table_prefix]) :
      concat(["${local.table_arn}${prefix}${name}"], length(table.indexes) > 0 ? ["${local.table_arn}${prefix}${name}/index/*"] : [])
    ]])
  }

  statement {
    sid       = "Parameters"
    actions   = ["ssm:GetParameters"]
    resources = ["${local.parameter_arn}/*"]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_group_arn}/aws/lambda/${local.name}:log-stream:*"]
  }

  statement {
    sid       = "FailedTasks"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn]
  }

  statement {
    sid       = "Traces"
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = length(var.bedrock_model_arns) > 0 ? [var.bedrock_model_arns] : []
    content {
      sid       = "Models"
      actions   = ["bedrock:InvokeModel"]
      resources = statement.value
    }
  }
}

# A key's ARN is not made of names: apart, so that a plan shows the policy above whole.
resource "aws_iam_role_policy" "function_key" {
  name   = "key"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function_key.json
}

data "aws_iam_policy_document" "function_key" {
  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn]
  }
}

# --- The gateway's role for logs. An account has one per region, and every REST API of the region logs through it, including
# those of other teams. So it may write to every log group, and prevent_destroy keeps it.

resource "aws_iam_role" "gateway_logs" {
  count = var.manage_api_gateway_account ? 1 : 0

  name                 = "${local.name}-gateway-logs"
  description          = "Lets API Gateway write the execution logs of this region's APIs."
  assume_role_policy   = data.aws_iam_policy_document.gateway_trust.json
  permissions_boundary = var.permissions_boundary_arn

  lifecycle {
    prevent_destroy = true
  }
}

data "aws_iam_policy_document" "gateway_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role_policy" "gateway_logs" {
  count = var.manage_api_gateway_account ? 1 : 0

  name   = "logs"
  role   = aws_iam_role.gateway_logs[0].id
  policy = data.aws_iam_policy_document.gateway_logs.json

  lifecycle {
    prevent_destroy = true
  }
}

# When it is given the role, API Gateway writes to /aws/apigateway/welcome, and refuses a role that may not.
data "aws_iam_policy_document" "gateway_logs" {
  statement {
    sid = "Logs"
    actions = [
      "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
      "logs:FilterLogEvents", "logs:GetLogEvents", "logs:PutLogEvents",
    ]
    resources = ["${local.log_group_arn}*"]
  }
}

resource "aws_api_gateway_account" "main" {
  count = var.manage_api_gateway_account ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.gateway_logs[0].arn

  depends_on = [aws_iam_role_policy.gateway_logs]

  lifecycle {
    prevent_destroy = true
  }
}

# --- AWS Backup's role, where it is turned on

resource "aws_iam_role" "backup" {
  count = var.backup_plan ? 1 : 0

  name                 = "${local.name}-backup"
  description          = "Lets AWS Backup copy the tables."
  assume_role_policy   = data.aws_iam_policy_document.backup_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "backup_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["backup.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "backup" {
  count = var.backup_plan ? 1 : 0

  name   = "backup"
  role   = aws_iam_role.backup[0].id
  policy = data.aws_iam_policy_document.backup.json
}

data "aws_iam_policy_document" "backup" {
  statement {
    sid = "Tables"
    actions = [
      "dynamodb:CreateBackup", "dynamodb:DescribeBackup", "dynamodb:DescribeTable", "dynamodb:ListTagsOfResource",
      "dynamodb:StartAwsBackupJob",
    ]
    resources = flatten([for name, _ in local.tables : ["${local.table_arn}${local.table_prefix}${name}", "${local.table_arn}${local.table_prefix}${name}/backup/*"]])
  }

  statement {
    sid       = "Vault"
    actions   = ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"]
    resources = ["arn:${local.partition}:backup:${var.region}:${local.account}:backup-vault:${local.name}"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    resources = [aws_kms_key.main.arn]
  }
}

# --- What is live: written once here, then by `manage.py release` and `manage.py restore`, and read back by every plan

resource "aws_ssm_parameter" "live_release" {
  #checkov:skip=CKV2_AWS_34:Versions and a weight are no secret, and a plan must show them.
  #checkov:skip=CKV_AWS_337:The same.
  name           = "/interactions/${var.environment}/live/release"
  description    = "The live versions of the function. Written by manage.py release and restore, read by Terraform."
  type           = "String"
  insecure_value = jsonencode({ stable_version = aws_lambda_function.api.version, canary_version = null, canary_weight = 0 })

  lifecycle {
    ignore_changes = [insecure_value]
  }
}

resource "aws_ssm_parameter" "live_tables" {
  #checkov:skip=CKV2_AWS_34:A prefix of names is no secret, and a plan must show it.
  #checkov:skip=CKV_AWS_337:The same.
  name           = "/interactions/${var.environment}/live/table-prefix"
  description    = "What the names of the tables in use begin with. Written by manage.py restore, read by Terraform."
  type           = "String"
  insecure_value = local.table_prefix

  lifecycle {
    ignore_changes = [insecure_value]
  }
}

# --- Secrets: Terraform makes them and never knows them
#
# The provider updates a parameter by PutParameter, and sends value_wo only when value_wo_version changes. An update for any
# other reason sends an empty value, which AWS refuses. So these parameters ignore every argument that would cause one; a
# plan that updates one of them fails control 86. Tags have a call of their own.

# Made where it is used: no state and no plan has it.
ephemeral "aws_secretsmanager_random_password" "secret_key" {
  password_length     = 64
  exclude_punctuation = true
}

resource "aws_ssm_parameter" "secret_key" {
  name             = "/interactions/${var.environment}/django-secret-key"
  description      = "Signs sessions and cursors. Rotate it as docs/runbook.md says."
  type             = "SecureString"
  key_id           = aws_kms_alias.main.name # by this name, as the runbook's command gives it
  value_wo         = ephemeral.aws_secretsmanager_random_password.secret_key.random_password
  value_wo_version = 1

  lifecycle {
    ignore_changes = [allowed_pattern, data_type, description, key_id, tier, type, value_wo_version]
  }
}

resource "aws_ssm_parameter" "provider" {
  for_each = var.provider_secrets

  name             = "/interactions/${var.environment}/${each.value}"
  description      = "A model provider's key: put it here with aws ssm put-parameter --overwrite."
  type             = "SecureString"
  key_id           = aws_kms_alias.main.name # by this name, as the runbook's command gives it
  value_wo         = "unset"
  value_wo_version = 1

  lifecycle {
    ignore_changes = [allowed_pattern, data_type, description, key_id, tier, type, value_wo_version]
  }
}

# --- The firewall. Rules are written out: checkers see no others.

locals {
  # Requests whose bodies hold what people and models have written, which may quote SQL, HTML, paths and addresses. WAF sees the
  # path with the stage, but at a domain of one's own.
  text_routes = "^(/${var.environment})?/v1/(chat|interactions|interactions/[^/]+|interactions/[^/]+/feedback|conversations/[^/]+)/?$"

  # The labels of the rules that only count below, because a text may look like that.
  body_labels = [
    "awswaf:managed:aws:known-bad-inputs:JavaDeserializationRCE_Body",
    "awswaf:managed:aws:known-bad-inputs:Log4JRCE_Body",
    "awswaf:managed:aws:known-bad-inputs:ReactJSRCE_Body",
    "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body",
    "awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body",
    "awswaf:managed:aws:core-rule-set:GenericLFI_Body",
    "awswaf:managed:aws:core-rule-set:GenericRFI_Body",
    "awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body",
    "awswaf:managed:aws:sql-database:SQLi_Body",
    "awswaf:managed:aws:sql-database:SQLiExtendedPatterns_Body",
  ]
}

# No sampled requests: a sample has the headers, and so the credential.
resource "aws_wafv2_web_acl" "main" {
  name        = local.name
  description = "In front of the Interactions API."
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  association_config {
    request_body {
      api_gateway {
        default_size_inspection_limit = "KB_${var.waf_body_kb}"
      }
    }
  }

  rule {
    name     = "rate"
    priority = 0

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit                 = var.waf_requests_per_5_minutes
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "ip-reputation"
    priority = 1

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesAmazonIpReputationList"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "ip-reputation"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "known-bad-inputs"
    priority = 2

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesKnownBadInputsRuleSet"

        rule_action_override {
          name = "JavaDeserializationRCE_BODY"
          action_to_use {
            count {}
          }
        }
        rule_action_override {
          name = "Log4JRCE_BODY"
          action_to_use {
            count {}
          }
        }
        rule_action_override {
          name = "ReactJSRCE_BODY"
          action_to_use {
            count {}
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "known-bad-inputs"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "common"
    priority = 3

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"

        rule_action_override {
          name = "SizeRestrictions_BODY"
          action_to_use {
            count {}
          }
        }
        rule_action_override {
          name = "CrossSiteScripting_BODY"
          action_to_use {
            count {}
          }
        }
        rule_action_override {
          name = "GenericLFI_BODY"
          action_to_use {
            count {}
          }
        }
        rule_action_override {
          name = "GenericRFI_BODY"
          action_to_use {
            count {}
          }
        }
        rule_action_override {
          name = "EC2MetaDataSSRF_BODY"
          action_to_use {
            count {}
          }
        }

        # No files are served, and an id may end like one: the conversation deploy.log, the user ana.ini@example.com.
        rule_action_override {
          name = "RestrictedExtensions_URIPATH"
          action_to_use {
            count {}
          }
        }
        rule_action_override {
          name = "RestrictedExtensions_QUERYARGUMENTS"
          action_to_use {
            count {}
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "sql"
    priority = 4

    override_action {
      none {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesSQLiRuleSet"

        rule_action_override {
          name = "SQLi_BODY"
          action_to_use {
            count {}
          }
        }
        rule_action_override {
          name = "SQLiExtendedPatterns_BODY"
          action_to_use {
            count {}
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "sql"
      sampled_requests_enabled   = false
    }
  }

  # What was only counted above is blocked here, unless the body is a text.
  rule {
    name     = "bodies-that-are-no-text"
    priority = 5

    action {
      block {}
    }

    statement {
      and_statement {
        statement {
          or_statement {
            dynamic "statement" {
              for_each = local.body_labels
              content {
                label_match_statement {
                  scope = "LABEL"
                  key   = statement.value
                }
              }
            }
          }
        }
        statement {
          not_statement {
            statement {
              regex_match_statement {
                regex_string = local.text_routes
                field_to_match {
                  uri_path {}
                }
                text_transformation {
                  priority = 0
                  type     = "URL_DECODE"
                }
                text_transformation {
                  priority = 1
                  type     = "NORMALIZE_PATH"
                }
              }
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "bodies-that-are-no-text"
      sampled_requests_enabled   = false
    }
  }

  dynamic "rule" {
    for_each = var.waf_bot_control ? ["bots"] : []
    content {
      name     = rule.value
      priority = 6

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = "AWSManagedRulesBotControlRuleSet"

          managed_rule_group_configs {
            aws_managed_rules_bot_control_rule_set {
              inspection_level = "COMMON"
            }
          }

          # Clients of an API are no browsers.
          rule_action_override {
            name = "SignalNonBrowserUserAgent"
            action_to_use {
              count {}
            }
          }
          rule_action_override {
            name = "CategoryHttpLibrary"
            action_to_use {
              count {}
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.value
        sampled_requests_enabled   = false
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = local.name
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "main" {
  resource_arn = aws_api_gateway_stage.main.arn
  web_acl_arn  = aws_wafv2_web_acl.main.arn
}

# Only what was blocked or counted, and no credential. Bodies are never in these logs.
resource "aws_wafv2_web_acl_logging_configuration" "main" {
  resource_arn            = aws_wafv2_web_acl.main.arn
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]

  redacted_fields {
    single_header {
      name = "authorization"
    }
  }
  redacted_fields {
    single_header {
      name = "x-api-key"
    }
  }
  redacted_fields {
    single_header {
      name = "cookie"
    }
  }
  redacted_fields {
    query_string {}
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }
      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }

  depends_on = [aws_cloudwatch_log_resource_policy.firewall]
}

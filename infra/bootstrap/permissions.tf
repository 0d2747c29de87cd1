# What the pipeline's roles may do: what infra/terraform has, by name, and no more. Whatever holds data can be made and
# changed, but not deleted: no table, no key, no log group, no queue, no function, no API. A person does that.

locals {
  regional = "${var.region}:${local.account}"
  arn      = "arn:${local.partition}"

  function_arns = ["${local.arn}:lambda:${local.regional}:function:${local.name}", "${local.arn}:lambda:${local.regional}:function:${local.name}:*"]
  queue_arn     = "${local.arn}:sqs:${local.regional}:${local.name}-failed-tasks"
  rule_arn      = "${local.arn}:events:${local.regional}:rule/${local.name}-*"
  # In the deployment's own region, and in each that has a replica.
  table_arns     = [for region in local.data_regions : "${local.arn}:dynamodb:${region}:${local.account}:table/${local.name}-*"]
  key_arns       = [for region in local.data_regions : "${local.arn}:kms:${region}:${local.account}:key/*"]
  data_regions   = concat([var.region], local.replica_regions)
  parameter_arn  = "${local.arn}:ssm:${local.regional}:parameter/interactions/${var.environment}"
  key_arn        = "${local.arn}:kms:${local.regional}:key/*"
  key_alias_arn  = "${local.arn}:kms:${local.regional}:alias/${local.name}"
  vault_arn      = "${local.arn}:backup:${local.regional}:backup-vault:${local.name}"
  backup_plans   = "${local.arn}:backup:${local.regional}:backup-plan:*"
  gateway_arn    = "${local.arn}:apigateway:${var.region}::"
  stage_arn      = "${local.gateway_arn}/restapis/*/stages/*"
  firewall_arn   = "${local.arn}:wafv2:${local.regional}:regional/webacl/${local.name}/*"
  topic_arn      = "${local.arn}:sns:${local.regional}:${local.name}-alerts"
  alarm_arn      = "${local.arn}:cloudwatch:${local.regional}:alarm:${local.name}-*"
  all_alarms_arn = "${local.arn}:cloudwatch:${local.regional}:alarm:*"
  dashboard_arn  = "${local.arn}:cloudwatch::${local.account}:dashboard/${local.name}"
  budget_arn     = "${local.arn}:budgets::${local.account}:budget/${local.name}"
  channel_arn    = "${local.arn}:chatbot::${local.account}:chat-configuration/slack-channel/${local.name}"
  zone_arns      = var.zone_id == null ? [] : ["${local.arn}:route53:::hostedzone/${var.zone_id}"]
  sampling_arn   = "${local.arn}:xray:${local.regional}:sampling-rule/${local.name}"
  signing_arn    = "${local.arn}:lambda:${local.regional}:code-signing-config:*"
  log_group_arns = flatten([for group in [
    "/aws/lambda/${local.name}", "/aws/apigateway/${local.name}", "API-Gateway-Execution-Logs_*/${var.environment}", "aws-waf-logs-${local.name}",
  ] : ["${local.arn}:logs:${local.regional}:log-group:${group}", "${local.arn}:logs:${local.regional}:log-group:${group}:*"]])

  # The roles that infra/terraform makes, and the one service that each is passed to.
  service_roles = {
    "${local.name}-function"     = "lambda.amazonaws.com"
    "${local.name}-gateway-logs" = "apigateway.amazonaws.com"
    "${local.name}-slack"        = "chatbot.amazonaws.com"
    "${local.name}-backup"       = "backup.amazonaws.com"
  }
  service_role_arns = { for name, service in local.service_roles : name => "${local.arn}:iam::${local.account}:role/${name}" }

  # Of services that make a role of their own when they are first used.
  linked_services = concat(
    ["backup.amazonaws.com", "management.chatbot.amazonaws.com", "ops.apigateway.amazonaws.com", "wafv2.amazonaws.com"],
    length(local.replica_regions) > 0 ? ["replication.dynamodb.amazonaws.com"] : [],
  )
  replica_regions = sort(tolist(var.replica_regions))

  read_policies = {
    read-state   = data.aws_iam_policy_document.read_state.minified_json
    read-service = data.aws_iam_policy_document.read_service.minified_json
    read-edge    = data.aws_iam_policy_document.read_edge.minified_json
  }
  write_policies = {
    write-state   = data.aws_iam_policy_document.write_state.minified_json
    write-service = data.aws_iam_policy_document.write_service.minified_json
    write-data    = data.aws_iam_policy_document.write_data.minified_json
    write-edge    = data.aws_iam_policy_document.write_edge.minified_json
    write-alerts  = data.aws_iam_policy_document.write_alerts.minified_json
    write-roles   = data.aws_iam_policy_document.write_roles.minified_json
  }
}

# --- The state

data "aws_iam_policy_document" "read_state" {
  statement {
    sid       = "Bucket"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]
  }

  statement {
    sid       = "State"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arn}/${local.state_key}"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt"]
    resources = [local.key_arn]
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = [local.state_key_alias]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "write_state" {
  statement {
    sid       = "State"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/${local.state_key}"]
  }

  statement {
    sid       = "Lock"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.bucket_arn}/${local.state_key}.tflock"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:GenerateDataKey"]
    resources = [local.key_arn]
    condition {
      test     = "ForAnyValue:StringEquals"
      variable = "kms:ResourceAliases"
      values   = [local.state_key_alias]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }
  }
}

# --- Reading what is there: settings, but no item, no log, no message and no secret. The provider decrypts a SecureString
# whenever it refreshes one, write-only or not (hashicorp/terraform-provider-aws#42849): so only the deploy role can refresh
# those, and pull requests are planned with -refresh=false.

data "aws_iam_policy_document" "read_service" {
  #checkov:skip=CKV_AWS_356:What is on * has no resource to name; all of it lists or makes up, and none of it changes anything.
  statement {
    sid = "Function"
    actions = [
      "lambda:GetAlias", "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConcurrency",
      "lambda:GetFunctionConfiguration", "lambda:GetFunctionEventInvokeConfig", "lambda:GetPolicy",
      "lambda:GetProvisionedConcurrencyConfig", "lambda:ListAliases", "lambda:ListTags", "lambda:ListVersionsByFunction",
    ]
    resources = local.function_arns
  }

  # The names in the function's environment, which its key encrypts.
  statement {
    sid       = "FunctionEnvironment"
    actions   = ["kms:Decrypt"]
    resources = [local.key_arn]
    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = [local.function_arns[0]]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["lambda.${var.region}.amazonaws.com"]
    }
  }

  statement {
    sid       = "Queue"
    actions   = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"]
    resources = [local.queue_arn]
  }

  statement {
    sid       = "Schedule"
    actions   = ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"]
    resources = [local.rule_arn]
  }

  statement {
    sid = "Tables"
    actions = [
      "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource",
    ]
    resources = local.table_arns
  }

  statement {
    sid       = "WhatIsLive"
    actions   = ["ssm:GetParameter", "ssm:GetParameters"]
    resources = ["${local.parameter_arn}/live/*"]
  }

  statement {
    sid       = "ParameterTags"
    actions   = ["ssm:ListTagsForResource"]
    resources = ["${local.parameter_arn}/*"]
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
    resources = local.key_arns
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Service"
      values   = ["interactions"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
  }

  statement {
    sid       = "Roles"
    actions   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]
    resources = values(local.service_role_arns)
  }

  statement {
    sid       = "Backups"
    actions   = ["backup:DescribeBackupVault", "backup:GetBackupPlan", "backup:GetBackupSelection", "backup:ListTags"]
    resources = [local.vault_arn, local.backup_plans]
  }

  # AWS knows no resource for these.
  statement {
    sid = "Lists"
    actions = [
      "kms:ListAliases", "secretsmanager:GetRandomPassword", "servicequotas:GetAWSDefaultServiceQuota",
      "servicequotas:GetServiceQuota", "ssm:DescribeParameters",
    ]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "read_edge" {
  #checkov:skip=CKV_AWS_356:What is on * has no resource to name; all of it lists, and none of it changes anything.
  statement {
    sid       = "API"
    actions   = ["apigateway:GET"]
    resources = [for path in ["account", "domainnames/*", "restapis/*", "tags/*", "usageplans/*"] : "${local.gateway_arn}/${path}"]
  }

  dynamic "statement" {
    for_each = local.zone_arns
    content {
      sid       = "Zone"
      actions   = ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
      resources = [statement.value]
    }
  }

  # Certificates are named by ids, and changes of a zone too.
  dynamic "statement" {
    for_each = local.zone_arns
    content {
      sid       = "Certificates"
      actions   = ["acm:DescribeCertificate", "acm:ListTagsForCertificate", "route53:GetChange"]
      resources = ["${local.arn}:acm:${local.regional}:certificate/*", "${local.arn}:route53:::change/*"]
    }
  }

  statement {
    sid       = "Firewall"
    actions   = ["wafv2:GetLoggingConfiguration", "wafv2:GetWebACL", "wafv2:GetWebACLForResource", "wafv2:ListTagsForResource"]
    resources = [local.firewall_arn, local.stage_arn]
  }

  statement {
    sid       = "LogGroups"
    actions   = ["logs:DescribeMetricFilters", "logs:ListTagsForResource"]
    resources = local.log_group_arns
  }

  # AWS asks for this on all of the region, whichever alarms are described.
  statement {
    sid       = "AllAlarms"
    actions   = ["cloudwatch:DescribeAlarms"]
    resources = [local.all_alarms_arn]
  }

  statement {
    sid       = "Alarms"
    actions   = ["cloudwatch:ListTagsForResource"]
    resources = [local.alarm_arn]
  }

  statement {
    sid       = "Dashboard"
    actions   = ["cloudwatch:GetDashboard"]
    resources = [local.dashboard_arn]
  }

  statement {
    sid       = "Topic"
    actions   = ["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:ListTagsForResource"]
    resources = [local.topic_arn]
  }

  statement {
    sid       = "Budget"
    actions   = ["budgets:ListTagsForResource", "budgets:ViewBudget"]
    resources = [local.budget_arn]
  }

  statement {
    sid       = "Traces"
    actions   = ["xray:ListTagsForResource"]
    resources = [local.sampling_arn]
  }

  # AWS knows no resource for these.
  statement {
    sid = "Lists"
    actions = [
      "chatbot:DescribeSlackChannelConfigurations", "chatbot:ListTagsForResource", "cloudwatch:GetMetricData",
      "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries", "sns:GetSubscriptionAttributes", "xray:GetSamplingRules",
    ]
    resources = ["*"]
  }
}

# --- Changing it

data "aws_iam_policy_document" "write_service" {
  statement {
    sid = "Function"
    actions = [
      "lambda:AddPermission", "lambda:CreateAlias", "lambda:CreateFunction", "lambda:DeleteAlias",
      "lambda:DeleteFunctionCodeSigningConfig", "lambda:DeleteFunctionConcurrency", "lambda:DeleteFunctionEventInvokeConfig",
      "lambda:DeleteProvisionedConcurrencyConfig", "lambda:InvokeFunction", "lambda:PublishVersion",
      "lambda:PutFunctionCodeSigningConfig", "lambda:PutFunctionConcurrency", "lambda:PutFunctionEventInvokeConfig",
      "lambda:PutProvisionedConcurrencyConfig", "lambda:RemovePermission", "lambda:TagResource", "lambda:UntagResource",
      "lambda:UpdateAlias", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration",
      "lambda:UpdateFunctionEventInvokeConfig",
    ]
    resources = concat(local.function_arns, [local.signing_arn])
  }

  statement {
    sid       = "Queue"
    actions   = ["sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"]
    resources = [local.queue_arn]
  }

  statement {
    sid = "Schedule"
    actions = [
      "events:DeleteRule", "events:DisableRule", "events:EnableRule", "events:PutRule", "events:PutTargets",
      "events:RemoveTargets", "events:TagResource", "events:UntagResource",
    ]
    resources = [local.rule_arn]
  }

  statement {
    sid = "Parameters"
    actions = [
      "ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter",
      "ssm:RemoveTagsFromResource",
    ]
    resources = ["${local.parameter_arn}/*"]
  }

  # Without these nobody stays signed in, and nobody knows what is live.
  statement {
    sid       = "KeptParameters"
    effect    = "Deny"
    actions   = ["ssm:DeleteParameter"]
    resources = ["${local.parameter_arn}/django-*", "${local.parameter_arn}/live/*"]
  }
}

data "aws_iam_policy_document" "write_data" {
  #checkov:skip=CKV_AWS_111:A key that is to be made has no name yet: it must carry this deployment's tags. A vault's storage has no resource to name.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid = "Tables"
    actions = [
      "dynamodb:CreateTable", "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups",
      "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
    ]
    resources = local.table_arns
  }

  # A caller who adds a replica needs these in the replica's region: DynamoDB copies the items with them. The pipeline cannot
  # delete a replica, because that needs dynamodb:DeleteTable.
  dynamic "statement" {
    for_each = length(local.replica_regions) > 0 ? [local.replica_regions] : []
    content {
      sid = "Replicas"
      actions = [
        "dynamodb:BatchWriteItem", "dynamodb:CreateTableReplica", "dynamodb:DeleteItem", "dynamodb:GetItem",
        "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
      ]
      resources = slice(local.table_arns, 1, length(local.table_arns))
    }
  }

  statement {
    sid       = "NewKey"
    actions   = ["kms:CreateKey"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/Service"
      values   = ["interactions"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/Environment"
      values   = [var.environment]
    }
  }

  # Keys are named by ids: whose tags are others' stay out of reach. A new key gets its tags by this too, before it has any.
  statement {
    sid       = "KeyTags"
    actions   = ["kms:TagResource"]
    resources = local.key_arns
    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:ResourceTag/Service"
      values   = ["interactions"]
    }
    condition {
      test     = "StringEqualsIfExists"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
  }

  statement {
    sid = "Keys"
    actions = [
      "kms:CreateAlias", "kms:DeleteAlias", "kms:EnableKeyRotation", "kms:PutKeyPolicy", "kms:UntagResource", "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]
    resources = local.key_arns
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Service"
      values   = ["interactions"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
  }

  statement {
    sid       = "KeyAlias"
    actions   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
    resources = [local.key_alias_arn]
  }

  # Tables, secrets, the function's environment and backups are encrypted on behalf of whoever makes them.
  statement {
    sid       = "KeyUse"
    actions   = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    resources = local.key_arns
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Service"
      values   = ["interactions"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Environment"
      values   = [var.environment]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values = concat(
        [for service in ["backup", "dynamodb", "lambda", "ssm"] : "${service}.${var.region}.amazonaws.com"],
        [for region in local.replica_regions : "dynamodb.${region}.amazonaws.com"],
      )
    }
  }

  statement {
    sid = "Backups"
    actions = [
      "backup:CreateBackupPlan", "backup:CreateBackupSelection", "backup:CreateBackupVault", "backup:DeleteBackupPlan",
      "backup:DeleteBackupSelection", "backup:TagResource", "backup:UntagResource", "backup:UpdateBackupPlan",
    ]
    resources = [local.vault_arn, local.backup_plans]
  }

  # AWS knows no resource for this; a vault cannot be made without it.
  statement {
    sid       = "BackupStorage"
    actions   = ["backup-storage:MountCapsule"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "write_edge" {
  #checkov:skip=CKV_AWS_111:Log deliveries and policies of logs have no resource to name.
  #checkov:skip=CKV_AWS_356:The same.
  # APIs are named by ids. What is in one may be deleted, but not the API, whose address clients know.
  statement {
    sid     = "API"
    actions = ["apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]
    resources = [for path in ["account", "domainnames", "domainnames/*", "restapis", "restapis/*", "tags/*", "usageplans", "usageplans/*"] :
      "${local.gateway_arn}/${path}"
    ]
  }

  statement {
    sid       = "PartsOfAPI"
    actions   = ["apigateway:DELETE"]
    resources = [for path in ["domainnames/*", "restapis/*/*", "tags/*", "usageplans/*"] : "${local.gateway_arn}/${path}"]
  }

  dynamic "statement" {
    for_each = local.zone_arns
    content {
      sid       = "Records"
      actions   = ["route53:ChangeResourceRecordSets"]
      resources = [statement.value]
    }
  }

  # A certificate that is to be made has no name yet: it must carry this deployment's tags.
  dynamic "statement" {
    for_each = local.zone_arns
    content {
      sid       = "NewCertificate"
      actions   = ["acm:AddTagsToCertificate", "acm:RequestCertificate"]
      resources = ["*"]
      condition {
        test     = "StringEquals"
        variable = "aws:RequestTag/Service"
        values   = ["interactions"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:RequestTag/Environment"
        values   = [var.environment]
      }
    }
  }

  dynamic "statement" {
    for_each = local.zone_arns
    content {
      sid       = "Certificates"
      actions   = ["acm:DeleteCertificate", "acm:RemoveTagsFromCertificate"]
      resources = ["${local.arn}:acm:${local.regional}:certificate/*"]
      condition {
        test     = "StringEquals"
        variable = "aws:ResourceTag/Service"
        values   = ["interactions"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:ResourceTag/Environment"
        values   = [var.environment]
      }
    }
  }

  statement {
    sid       = "FirewallOfStage"
    actions   = ["apigateway:SetWebACL", "wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"]
    resources = [local.firewall_arn, local.stage_arn]
  }

  statement {
    sid = "Firewall"
    actions = [
      "wafv2:CreateWebACL", "wafv2:DeleteLoggingConfiguration", "wafv2:DeleteWebACL", "wafv2:PutLoggingConfiguration",
      "wafv2:TagResource", "wafv2:UntagResource", "wafv2:UpdateWebACL",
    ]
    resources = [local.firewall_arn, "${local.arn}:wafv2:${local.regional}:regional/managedruleset/*/*"]
  }

  # AWS knows no resource for these, with which logs of the gateway and the firewall get to their groups.
  statement {
    sid = "LogDelivery"
    actions = [
      "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DeleteResourcePolicy", "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "write_alerts" {
  #checkov:skip=CKV_AWS_111:Subscriptions and new Slack channels have no resource to name.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid = "LogGroups"
    actions = [
      "logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:DeleteMetricFilter", "logs:PutMetricFilter",
      "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource",
    ]
    resources = local.log_group_arns
  }

  statement {
    sid       = "Alarms"
    actions   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"]
    resources = [local.alarm_arn]
  }

  statement {
    sid       = "Dashboard"
    actions   = ["cloudwatch:DeleteDashboards", "cloudwatch:PutDashboard"]
    resources = [local.dashboard_arn]
  }

  statement {
    sid = "Topic"
    actions = [
      "sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource", "sns:UntagResource",
    ]
    resources = [local.topic_arn]
  }

  # AWS knows no resource for these.
  statement {
    sid = "Subscriptions"
    actions = [
      "chatbot:CreateSlackChannelConfiguration", "chatbot:TagResource", "chatbot:UntagResource",
      "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "Slack"
    actions   = ["chatbot:DeleteSlackChannelConfiguration", "chatbot:UpdateSlackChannelConfiguration"]
    resources = [local.channel_arn]
  }

  statement {
    sid       = "Traces"
    actions   = ["xray:CreateSamplingRule", "xray:DeleteSamplingRule", "xray:TagResource", "xray:UntagResource", "xray:UpdateSamplingRule"]
    resources = [local.sampling_arn]
  }

  statement {
    sid       = "Budget"
    actions   = ["budgets:ModifyBudget", "budgets:TagResource", "budgets:UntagResource"]
    resources = [local.budget_arn]
  }
}

# The pipeline writes what the service's roles may do, and the code that runs as one of them: without a boundary it could
# give the function anything. It can neither make other roles nor change its own, and attaches no policy of AWS's.
data "aws_iam_policy_document" "write_roles" {
  statement {
    sid       = "Roles"
    actions   = ["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:ListInstanceProfilesForRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"]
    resources = values(local.service_role_arns)
  }

  statement {
    sid       = "BoundedRoles"
    actions   = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
    resources = values(local.service_role_arns)
    dynamic "condition" {
      for_each = var.permissions_boundary_arn == null ? [] : [var.permissions_boundary_arn]
      content {
        test     = "StringEquals"
        variable = "iam:PermissionsBoundary"
        values   = [condition.value]
      }
    }
  }

  dynamic "statement" {
    for_each = local.service_roles
    content {
      sid       = "Pass${replace(title(replace(trimprefix(statement.key, "${local.name}-"), "-", " ")), " ", "")}"
      actions   = ["iam:PassRole"]
      resources = [local.service_role_arns[statement.key]]
      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = [statement.value]
      }
    }
  }

  statement {
    sid       = "LinkedRoles"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = [for service in local.linked_services : "${local.arn}:iam::${local.account}:role/aws-service-role/${service}/*"]
    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = local.linked_services
    }
  }
}

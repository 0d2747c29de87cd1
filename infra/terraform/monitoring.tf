# What is seen of the service: logs, traces, alarms and who gets them, the dashboard, the budget.

# --- Log groups, which Lambda and API Gateway would make without an end and without a key

resource "aws_cloudwatch_log_group" "function" {
  #checkov:skip=CKV_AWS_338:How long logs are kept is a variable, log_retention_days: addresses in them are personal data.
  name              = "/aws/lambda/${local.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.separate_logs_key ? aws_kms_key.logs[0].arn : aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_group" "gateway_access" {
  #checkov:skip=CKV_AWS_338:The same.
  name              = "/aws/apigateway/${local.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.separate_logs_key ? aws_kms_key.logs[0].arn : aws_kms_key.main.arn
}

# API Gateway fixes this name.
resource "aws_cloudwatch_log_group" "gateway_execution" {
  #checkov:skip=CKV_AWS_338:The same.
  name              = "API-Gateway-Execution-Logs_${aws_api_gateway_rest_api.main.id}/${var.environment}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.separate_logs_key ? aws_kms_key.logs[0].arn : aws_kms_key.main.arn
}

# And WAF the beginning of this one.
resource "aws_cloudwatch_log_group" "firewall" {
  #checkov:skip=CKV_AWS_338:The same.
  name              = "aws-waf-logs-${local.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.separate_logs_key ? aws_kms_key.logs[0].arn : aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_resource_policy" "firewall" {
  policy_name     = "${local.name}-firewall"
  policy_document = data.aws_iam_policy_document.firewall_logs.json
}

data "aws_iam_policy_document" "firewall_logs" {
  statement {
    sid       = "Firewall"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.log_group_arn}aws-waf-logs-${local.name}:log-stream:*"]
    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:logs:${var.region}:${local.account}:*"]
    }
  }
}

locals {
  # No header, no query string, no body. The path has ids in it, and no text.
  access_log = {
    requestId          = "$context.requestId"
    extendedRequestId  = "$context.extendedRequestId"
    xrayTraceId        = "$context.xrayTraceId"
    time               = "$context.requestTimeEpoch"
    sourceIp           = "$context.identity.sourceIp"
    method             = "$context.httpMethod"
    path               = "$context.path"
    resource           = "$context.resourcePath"
    protocol           = "$context.protocol"
    status             = "$context.status"
    responseLength     = "$context.responseLength"
    responseLatency    = "$context.responseLatency"
    integrationStatus  = "$context.integrationStatus"
    integrationLatency = "$context.integrationLatency"
    integrationError   = "$context.integration.error"
    gatewayError       = "$context.error.responseType"
    wafStatus          = "$context.waf.status"
    wafLatency         = "$context.waf.latency"
  }
}

# Without a default value a filter publishes nothing while no line matches, and an hour without data is not billed.

# A failure of the service is a line of the level ERROR. A failure of a model's provider is a WARNING.
resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "${local.name}-errors"
  log_group_name = aws_cloudwatch_log_group.function.name
  pattern        = "{ $.level = \"ERROR\" }"

  metric_transformation {
    namespace = "Interactions"
    name      = "${local.name}-error-lines"
    value     = "1"
  }
}

# AWS's own metric 5XXError cannot tell these from the 502, 503 and 504 that the service answers when a provider fails.
resource "aws_cloudwatch_log_metric_filter" "gateway_failures" {
  name           = "${local.name}-gateway-failures"
  log_group_name = aws_cloudwatch_log_group.gateway_access.name
  pattern        = "{ ($.status = \"5*\") && ($.gatewayError != \"-\") }"

  metric_transformation {
    namespace = "Interactions"
    name      = "${local.name}-gateway-failures"
    value     = "1"
  }
}

resource "aws_xray_sampling_rule" "main" {
  rule_name      = local.name
  priority       = 100
  version        = 1
  reservoir_size = var.xray_sampling.per_second
  fixed_rate     = var.xray_sampling.share
  service_name   = "*"
  service_type   = "*"
  host           = "*"
  http_method    = "*"
  url_path       = "*"
  resource_arn   = "arn:${local.partition}:apigateway:${var.region}::/restapis/${aws_api_gateway_rest_api.main.id}/stages/${var.environment}"
}

# --- Who is told

resource "aws_sns_topic" "alerts" {
  name              = "${local.name}-alerts"
  kms_master_key_id = aws_kms_key.main.arn # a key of AWS's own does not let alarms in
}

resource "aws_sns_topic_policy" "alerts" {
  arn    = aws_sns_topic.alerts.arn
  policy = data.aws_iam_policy_document.alerts.json
}

data "aws_iam_policy_document" "alerts" {
  statement {
    sid       = "AlarmsAndBudgets"
    actions   = ["sns:Publish"]
    resources = [local.topic_arn]
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

check "alarm_recipients" {
  assert {
    condition     = length(var.alert_emails) > 0 || var.slack != null
    error_message = "The alarms have no recipient: set alert_emails or slack, or subscribe to the topic ${local.name}-alerts yourself."
  }
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.alert_emails

  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_iam_role" "slack" {
  count = var.slack == null ? 0 : 1

  name                 = "${local.name}-slack"
  description          = "For alarms in Slack: it may do nothing."
  assume_role_policy   = data.aws_iam_policy_document.slack_trust.json
  permissions_boundary = var.permissions_boundary_arn
}

data "aws_iam_policy_document" "slack_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["chatbot.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_chatbot_slack_channel_configuration" "alerts" {
  count = var.slack == null ? 0 : 1

  configuration_name    = local.name
  iam_role_arn          = aws_iam_role.slack[0].arn
  slack_team_id         = var.slack.workspace_id
  slack_channel_id      = var.slack.channel_id
  sns_topic_arns        = [aws_sns_topic.alerts.arn]
  guardrail_policy_arns = ["arn:${local.partition}:iam::aws:policy/AWSDenyAll"]
  logging_level         = "ERROR"
}

# --- Alarms. Dimensions are exactly those that AWS publishes a metric under: any other set is a metric without data.

locals {
  live     = "${local.name}:live"
  of_stage = { ApiName = local.name, Stage = var.environment }
  of_table = { TableName = "${local.active_table_prefix}interactions" }
  of_indexes = [
    for name in keys(local.tables.interactions.indexes) : merge(local.of_table, { GlobalSecondaryIndexName = name })
  ]
  most = local.reserved_concurrency > 0 ? local.reserved_concurrency : data.aws_servicequotas_service_quota.concurrency.value

  alarms = {
    lambda-errors = {
      about     = "The function failed or ran out of time, without an answer."
      namespace = "AWS/Lambda", metric = "Errors", statistic = "Sum", dimensions = { FunctionName = local.name }
      period    = 60, of = 5, at_least = 1, threshold = 1
    }
    lambda-throttles = {
      about     = "More requests at a time than the function may run."
      namespace = "AWS/Lambda", metric = "Throttles", statistic = "Sum", dimensions = { FunctionName = local.name }
      period    = 60, of = 1, at_least = 1, threshold = 1
    }
    lambda-duration = {
      about     = "Requests take nearly as long as the function may: it ends them at 30 s."
      namespace = "AWS/Lambda", metric = "Duration", statistic = "p99", dimensions = { FunctionName = local.name }
      period    = 60, of = 5, at_least = 3, threshold = 27000
    }
    lambda-concurrency = {
      about     = "Four fifths of the concurrency are in use."
      namespace = "AWS/Lambda", metric = "ConcurrentExecutions", statistic = "Maximum", dimensions = { FunctionName = local.name }
      period    = 60, of = 5, at_least = 3, threshold = floor(0.8 * local.most)
    }
    live-errors = {
      about     = "What is live failed or ran out of time, whichever version it was."
      namespace = "AWS/Lambda", metric = "Errors", statistic = "Sum", dimensions = { FunctionName = local.name, Resource = local.live }
      period    = 60, of = 5, at_least = 1, threshold = 1
    }
    canary-errors = {
      about      = "The newest version failed or ran out of time in its share of the requests."
      namespace  = "AWS/Lambda", metric = "Errors", statistic = "Sum"
      dimensions = { FunctionName = local.name, Resource = local.live, ExecutedVersion = local.newest_version }
      period     = 60, of = 1, at_least = 1, threshold = 1
    }
    canary-5xx = {
      about     = "The newest version answered a request with a failure of its own, which Lambda counts as a success."
      namespace = "Interactions", metric = "server_errors", statistic = "Sum", dimensions = { service = local.name, version = local.newest_version }
      period    = 60, of = 1, at_least = 1, threshold = 1
    }
    gateway-5xx = {
      about     = "The gateway answered 5xx itself: the function gave no answer, or none that can be sent."
      namespace = "Interactions", metric = "${local.name}-gateway-failures", statistic = "Sum", dimensions = {}
      period    = 60, of = 1, at_least = 1, threshold = 1
    }
    provider-errors = {
      about     = "A provider of models fails, its circuit breaker is open, or its key is not set."
      namespace = "Interactions", metric = "provider_errors", statistic = "Sum", dimensions = { service = local.name }
      period    = 300, of = 3, at_least = 2, threshold = 1
    }
    api-4xx = {
      about     = "Half of the requests are refused."
      namespace = "AWS/ApiGateway", metric = "4XXError", statistic = "Average", dimensions = local.of_stage
      period    = 300, of = 3, at_least = 3, threshold = 0.5
    }
    api-latency = {
      about     = "One answer in twenty takes 26 s. A model's may take up to 25 s; more than that, the service itself is slow."
      namespace = "AWS/ApiGateway", metric = "Latency", statistic = "p95", dimensions = local.of_stage
      period    = 60, of = 5, at_least = 3, threshold = 26000
    }
    waf-blocked = {
      about      = "The firewall blocks many requests: an attack, or a rule that is wrong about a client."
      namespace  = "AWS/WAFV2", metric = "BlockedRequests", statistic = "Sum"
      dimensions = { WebACL = local.name, Region = var.region, Rule = "ALL" }
      period     = 300, of = 1, at_least = 1, threshold = 500
    }
    log-errors = {
      about     = "The service logged an error."
      namespace = "Interactions", metric = "${local.name}-error-lines", statistic = "Sum", dimensions = {}
      period    = 60, of = 1, at_least = 1, threshold = 1
    }
    failed-tasks = {
      about     = "The sweep failed for good: its event waits in the queue."
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", dimensions = { QueueName = "${local.name}-failed-tasks" }
      period    = 300, of = 1, at_least = 1, threshold = 1
    }
  }

  # What nearly all requests ask of the table of interactions. Each is a metric of an alarm, which costs 0.10 USD a month.
  operations = ["BatchGetItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"]
}

resource "aws_cloudwatch_metric_alarm" "main" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "${each.value.about} See docs/runbook.md."
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  dimensions          = each.value.dimensions
  period              = each.value.period
  evaluation_periods  = each.value.of
  datapoints_to_alarm = each.value.at_least
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

# DynamoDB counts the throttles of a table and of each index apart. A throttled index also throttles the table's writes.
resource "aws_cloudwatch_metric_alarm" "table_throttles" {
  for_each = { read = "ReadThrottleEvents", write = "WriteThrottleEvents" }

  alarm_name          = "${local.name}-table-${each.key}-throttles"
  alarm_description   = "DynamoDB refuses ${each.key}s of the interactions, in the table or in one of its indexes. See docs/runbook.md."
  evaluation_periods  = 5
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "all"
    label       = each.value
    expression  = "SUM(METRICS())"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = concat([local.of_table], local.of_indexes)
    content {
      id = "of${metric_query.key}"
      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = each.value
        dimensions  = metric_query.value
        period      = 60
        stat        = "Sum"
      }
    }
  }
}

moved {
  from = aws_cloudwatch_metric_alarm.main["table-read-throttles"]
  to   = aws_cloudwatch_metric_alarm.table_throttles["read"]
}

moved {
  from = aws_cloudwatch_metric_alarm.main["table-write-throttles"]
  to   = aws_cloudwatch_metric_alarm.table_throttles["write"]
}

# A rule that is disabled or deleted publishes no data, so missing data is a failure here.
resource "aws_cloudwatch_metric_alarm" "sweep_missing" {
  alarm_name          = "${local.name}-sweep-missing"
  alarm_description   = "The sweep of what has expired was not started for three hours. See docs/runbook.md."
  namespace           = "AWS/Events"
  metric_name         = "Invocations"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.sweep.name }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 3
  datapoints_to_alarm = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}

# DynamoDB publishes this one for each operation, and for none together.
resource "aws_cloudwatch_metric_alarm" "table_system_errors" {
  alarm_name          = "${local.name}-table-system-errors"
  alarm_description   = "DynamoDB itself fails. See docs/runbook.md."
  evaluation_periods  = 5
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]

  metric_query {
    id          = "all"
    label       = "SystemErrors"
    expression  = "SUM(METRICS())"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.operations
    content {
      id = "of${metric_query.key}"
      metric {
        namespace   = "AWS/DynamoDB"
        metric_name = "SystemErrors"
        dimensions  = merge(local.of_table, { Operation = metric_query.value })
        period      = 60
        stat        = "Sum"
      }
    }
  }
}

# --- The dashboard: how the service answers, on what, and what stands in its way

locals {
  widgets = [
    { title = "Requests and errors", stat = "Sum", metrics = [
      ["AWS/ApiGateway", "Count", "ApiName", local.name, "Stage", var.environment],
      ["AWS/ApiGateway", "4XXError", "ApiName", local.name, "Stage", var.environment],
      ["AWS/ApiGateway", "5XXError", "ApiName", local.name, "Stage", var.environment],
    ] },
    { title = "Latency, ms", stat = "p95", metrics = [
      ["AWS/ApiGateway", "Latency", "ApiName", local.name, "Stage", var.environment, { stat = "p50" }],
      ["AWS/ApiGateway", "Latency", "ApiName", local.name, "Stage", var.environment, { stat = "p95" }],
      ["AWS/ApiGateway", "Latency", "ApiName", local.name, "Stage", var.environment, { stat = "p99" }],
    ] },
    { title = "The function: invocations, errors, throttles", stat = "Sum", metrics = [
      ["AWS/Lambda", "Invocations", "FunctionName", local.name],
      ["AWS/Lambda", "Errors", "FunctionName", local.name],
      ["AWS/Lambda", "Throttles", "FunctionName", local.name],
    ] },
    { title = "The function: duration, ms", stat = "p95", metrics = [
      ["AWS/Lambda", "Duration", "FunctionName", local.name, { stat = "p50" }],
      ["AWS/Lambda", "Duration", "FunctionName", local.name, { stat = "p95" }],
      ["AWS/Lambda", "Duration", "FunctionName", local.name, { stat = "p99" }],
    ] },
    { title = "Canary: the newest version beside all that is live", stat = "Sum", metrics = [
      ["AWS/Lambda", "Invocations", "FunctionName", local.name, "Resource", local.live, "ExecutedVersion", local.newest_version],
      ["AWS/Lambda", "Errors", "FunctionName", local.name, "Resource", local.live, "ExecutedVersion", local.newest_version],
      ["Interactions", "server_errors", "service", local.name, "version", local.newest_version],
      ["AWS/Lambda", "Invocations", "FunctionName", local.name, "Resource", local.live],
      ["AWS/Lambda", "Errors", "FunctionName", local.name, "Resource", local.live],
    ] },
    { title = "Concurrency and cold starts", stat = "Maximum", metrics = [
      ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", local.name],
      ["Interactions", "cold_starts", "service", local.name, { stat = "Sum" }],
    ] },
    { title = "What the logs say: error lines, failures of the gateway and of providers, refusals", stat = "Sum", metrics = [
      ["Interactions", "provider_errors", "service", local.name],
      ["Interactions", "client_errors", "service", local.name],
      ["Interactions", "throttled", "service", local.name],
      ["Interactions", "${local.name}-error-lines"],
      ["Interactions", "${local.name}-gateway-failures"],
    ] },
    { title = "Time of a request and of the store in it, ms", stat = "Average", metrics = [
      ["Interactions", "duration_ms", "service", local.name],
      ["Interactions", "store_ms", "service", local.name],
    ] },
    { title = "Capacity units consumed by the table of interactions", stat = "Sum", metrics = [
      ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", local.of_table.TableName],
      ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", local.of_table.TableName],
      ["Interactions", "read_units", "service", local.name],
      ["Interactions", "write_units", "service", local.name],
    ] },
    { title = "The table of interactions: throttles and DynamoDB's own errors", stat = "Sum", metrics = concat(
      [
        ["AWS/DynamoDB", "ReadThrottleEvents", "TableName", local.of_table.TableName],
        ["AWS/DynamoDB", "WriteThrottleEvents", "TableName", local.of_table.TableName],
      ],
      [for operation in local.operations : ["AWS/DynamoDB", "SystemErrors", "TableName", local.of_table.TableName, "Operation", operation]],
    ) },
    { title = "Firewall", stat = "Sum", metrics = [
      for metric in ["AllowedRequests", "BlockedRequests"] : ["AWS/WAFV2", metric, "WebACL", local.name, "Region", var.region, "Rule", "ALL"]
    ] },
    { title = "The schedule: failed tasks", stat = "Maximum", metrics = [
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${local.name}-failed-tasks"],
    ] },
  ]
}

resource "aws_cloudwatch_dashboard" "main" {
  dashboard_name = local.name
  dashboard_body = jsonencode({
    widgets = [for number, widget in local.widgets : {
      type   = "metric"
      x      = number % 2 * 12
      y      = floor(number / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = widget.title
        region  = var.region
        view    = "timeSeries"
        stacked = false
        period  = 60
        stat    = widget.stat
        metrics = widget.metrics
      }
    }]
  })
}

# --- The bill

resource "aws_budgets_budget" "monthly" {
  name         = local.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  # AWS writes the keys of tags that users give as user:KEY.
  dynamic "cost_filter" {
    for_each = var.budget_by_tag ? ["user:Service$interactions"] : []
    content {
      name   = "TagKeyValue"
      values = [cost_filter.value]
    }
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    notification_type         = "ACTUAL"
    subscriber_sns_topic_arns = [aws_sns_topic.alerts.arn]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    notification_type         = "FORECASTED"
    subscriber_sns_topic_arns = [aws_sns_topic.alerts.arn]
  }

  depends_on = [aws_sns_topic_policy.alerts]
}

# The service: what is live, the function, its tables, its schedule, and the API in front of it.

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_servicequotas_service_quota" "concurrency" {
  service_code = "lambda"
  quota_code   = "L-B99A9384" # concurrent executions
}

locals {
  name      = "interactions-${var.environment}"
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition

  # Terraform's own tables, and those in use: the same, but after a restore.
  table_prefix        = "${local.name}-"
  active_table_prefix = coalesce(var.active_table_prefix, aws_ssm_parameter.live_tables.insecure_value)

  # Keys, indexes and expiry as the code declares them in interactions/dynamodb/: a test compares both. What an index
  # has of an item is all, its keys, or the attributes named. How to change an index: docs/runbook.md, "Changing an index".
  tables = {
    interactions = {
      hash_key = "user_id", range_key = "interaction_id", ttl = "ttl"
      indexes = {
        "interaction_id-index"  = { hash_key = "interaction_id", range_key = null, projection = [] }
        "conversation_id-index" = { hash_key = "conversation_key", range_key = "interaction_id", projection = [] }
        "user_id-index"         = { hash_key = "user_id", range_key = "interaction_id", projection = local.summary }
        "day-index"             = { hash_key = "day_shard", range_key = "interaction_id", projection = local.summary }
      }
    }
    conversations = {
      hash_key = "user_id", range_key = "conversation_id", ttl = "ttl"
      indexes = {
        "recent-index" = { hash_key = "user_id", range_key = "last_interaction_id", projection = null }
      }
    }
    idempotency = { hash_key = "user_id", range_key = "key_hash", ttl = "ttl", indexes = {} }
    cache       = { hash_key = "cache_key", range_key = null, ttl = "ttl", indexes = {} }
    sessions    = { hash_key = "session_key", range_key = null, ttl = "ttl", indexes = {} }
    accounts    = { hash_key = "username", range_key = null, ttl = null, indexes = {} }
    api_keys    = { hash_key = "key_id", range_key = null, ttl = null, indexes = {} }
  }
  # Indexes that the code has stopped reading in this release, by tables: { interactions = ["day-index"] }. A later release may
  # delete them.
  retired_indexes = {}

  summary = [
    "conversation_id", "status", "provider", "model", "requested_model", "usage", "cost", "latency_ms", "error", "trace_id",
    "metadata", "feedback", "cached", "attempts", "redaction", "updated_at", "version", "content_expires_at", "expires_at",
    "texts_swept",
  ]

  # Of a new account the quota may be 10: then nothing can be reserved.
  unreserved           = 100
  reservable           = data.aws_servicequotas_service_quota.concurrency.value - local.unreserved
  reserved_concurrency = local.reservable >= 1 ? min(var.reserved_concurrency, local.reservable) : -1

  # ADR 23: a version that the release parameter does not know yet is a canary of the variable's weight.
  release        = jsondecode(aws_ssm_parameter.live_release.insecure_value)
  newest_version = aws_lambda_function.api.version
  stable_version = coalesce(var.stable_version, local.release.stable_version)
  canary_weight  = local.release.canary_version == local.newest_version ? local.release.canary_weight : var.canary_weight
}

check "reserved_concurrency" {
  assert {
    condition     = local.reserved_concurrency == var.reserved_concurrency
    error_message = "The account's quota of ${data.aws_servicequotas_service_quota.concurrency.value} concurrent executions lets ${max(local.reservable, 0)} be reserved, not ${var.reserved_concurrency}: see the output concurrency."
  }
}

# --- The function

resource "aws_lambda_function" "api" {
  #checkov:skip=CKV_AWS_117:No VPC: DynamoDB, SSM and model providers are all reached over TLS, and a VPC would need endpoints or a NAT.
  #checkov:skip=CKV_AWS_272:Code signing is a variable, code_signing_config_arn: it needs a signing job.
  function_name                  = local.name
  description                    = "The Interactions service, behind API Gateway; secrets of generation ${var.secrets_generation}."
  role                           = aws_iam_role.function.arn
  runtime                        = "python3.13"
  architectures                  = [var.architecture]
  handler                        = "project.lambda_handler.handler"
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  code_signing_config_arn        = var.code_signing_config_arn
  memory_size                    = 1024
  timeout                        = 30
  reserved_concurrent_executions = local.reserved_concurrency
  publish                        = true
  kms_key_arn                    = aws_kms_key.main.arn

  environment {
    variables = merge(
      {
        DJANGO_SETTINGS_MODULE = "project.settings.production"
        TABLE_PREFIX           = local.active_table_prefix
        SSM_PREFIX             = "/interactions/${var.environment}"
        ALLOWED_HOSTS          = join(",", compact([local.gateway_host, var.domain_name]))
        CORS_ALLOWED_ORIGINS   = join(",", var.cors_allowed_origins)
        CSRF_TRUSTED_ORIGINS   = join(",", var.cors_allowed_origins)
        COOKIE_SAMESITE        = var.cookie_samesite
        BACKUP_RETENTION_DAYS  = tostring(var.backup_retention_days)
      },
      { for name, value in {
        CONTENT_RETENTION_DAYS = var.content_retention_days
        RECORD_RETENTION_DAYS  = var.record_retention_days
        RATE_LIMIT_USER        = var.rate_limit_user
        RATE_LIMIT_KEY         = var.rate_limit_key
        PROVIDERS              = jsonencode([for each in var.model_providers : { for name, value in each : name => value if value != null }])
        REDACTION              = var.redaction == "" ? null : var.redaction
        SPENDING_LIMIT_USER    = var.spending_limit_user
        ANSWER_CACHE_MINUTES   = var.answer_cache_minutes
        MAX_OUTPUT_TOKENS      = var.max_output_tokens
        CONTEXT_TOKENS         = var.context_tokens
        BREAKER_FAILURES       = var.breaker_failures
        BREAKER_SECONDS        = var.breaker_seconds
      } : name => tostring(value) if value != null },
    )
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.failed_tasks.arn
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function.name
    application_log_level = "INFO" # the lines of requests are the metrics
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = "Active"
  }

  dynamic "snap_start" {
    for_each = var.snap_start ? ["PublishedVersions"] : []
    content {
      apply_on = snap_start.value
    }
  }

  # The first start reads the key, asks the tables and writes its log.
  depends_on = [aws_iam_role_policy.function, aws_iam_role_policy.function_key, aws_ssm_parameter.secret_key, aws_dynamodb_table.service]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "What the API and the schedule invoke."
  function_name    = aws_lambda_function.api.function_name
  function_version = local.stable_version

  # Two equal versions are refused, and a weight of 0 is no canary.
  dynamic "routing_config" {
    for_each = local.newest_version != local.stable_version && local.canary_weight > 0 ? [local.canary_weight] : []
    content {
      additional_version_weights = { (local.newest_version) = routing_config.value }
    }
  }
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = aws_lambda_function.api.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.provisioned_concurrency
}

resource "aws_lambda_permission" "gateway" {
  statement_id  = "AllowAPIGateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.api.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.main.execution_arn}/*/*"
}

# --- The tables

resource "aws_dynamodb_table" "service" {
  for_each = local.tables

  name                        = "${local.table_prefix}${each.key}"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = each.value.hash_key
  range_key                   = each.value.range_key
  deletion_protection_enabled = var.deletion_protection
  stream_enabled              = length(var.replica_regions) > 0
  stream_view_type            = length(var.replica_regions) > 0 ? "NEW_AND_OLD_IMAGES" : null
  tags                        = contains(keys(local.retired_indexes), each.key) ? { RetiredIndexes = join(" ", local.retired_indexes[each.key]) } : null

  dynamic "attribute" {
    for_each = toset(compact(flatten([
      each.value.hash_key, each.value.range_key,
      [for index in each.value.indexes : [index.hash_key, index.range_key]],
    ])))
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = each.value.indexes
    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key
      range_key          = global_secondary_index.value.range_key
      projection_type    = global_secondary_index.value.projection == null ? "ALL" : length(global_secondary_index.value.projection) == 0 ? "KEYS_ONLY" : "INCLUDE"
      non_key_attributes = try(length(global_secondary_index.value.projection), 0) == 0 ? null : global_secondary_index.value.projection

      dynamic "on_demand_throughput" {
        for_each = var.table_max_throughput == null ? [] : [var.table_max_throughput]
        content {
          max_read_request_units  = on_demand_throughput.value.read
          max_write_request_units = on_demand_throughput.value.write
        }
      }
    }
  }

  dynamic "on_demand_throughput" {
    for_each = var.table_max_throughput == null ? [] : [var.table_max_throughput]
    content {
      max_read_request_units  = on_demand_throughput.value.read
      max_write_request_units = on_demand_throughput.value.write
    }
  }

  dynamic "ttl" {
    for_each = each.value.ttl == null ? [] : [each.value.ttl]
    content {
      enabled        = true
      attribute_name = ttl.value
    }
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.backup_retention_days
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }

  dynamic "replica" {
    for_each = var.replica_regions
    content {
      region_name                 = replica.value
      kms_key_arn                 = aws_kms_key.replica[replica.value].arn
      point_in_time_recovery      = true
      propagate_tags              = true
      deletion_protection_enabled = var.deletion_protection
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_vault" "tables" {
  count = var.backup_plan ? 1 : 0

  name        = local.name
  kms_key_arn = aws_kms_key.main.arn
}

resource "aws_backup_plan" "tables" {
  count = var.backup_plan ? 1 : 0

  name = local.name

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.tables[0].name
    schedule          = "cron(0 4 * * ? *)"

    lifecycle {
      delete_after = var.backup_retention_days
    }
  }
}

resource "aws_backup_selection" "tables" {
  count = var.backup_plan ? 1 : 0

  name         = local.name
  plan_id      = aws_backup_plan.tables[0].id
  iam_role_arn = aws_iam_role.backup[0].arn
  resources    = [for name, _ in local.tables : "${local.table_arn}${local.table_prefix}${name}"]
}

# --- The schedule: what has expired is removed

resource "aws_cloudwatch_event_rule" "sweep" {
  name                = "${local.name}-sweep-expired"
  description         = "Removes what has expired."
  schedule_expression = "rate(1 hour)"
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule  = aws_cloudwatch_event_rule.sweep.name
  arn   = aws_lambda_alias.live.arn
  input = jsonencode({ task = "sweep_expired" })

  dead_letter_config {
    arn = aws_sqs_queue.failed_tasks.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 3
  }
}

resource "aws_lambda_permission" "schedule" {
  statement_id  = "AllowSchedule"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.api.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.sweep.arn
}

# Tasks that failed for good; requests are synchronous and never get here.
resource "aws_sqs_queue" "failed_tasks" {
  name                      = "${local.name}-failed-tasks"
  message_retention_seconds = 1209600 # 14 days, the longest
  # SQS's own key: a message says which task it was and nothing of anybody, and a customer key that lets EventBridge in
  # cannot be kept to this account.
  sqs_managed_sse_enabled = true
}

data "aws_iam_policy_document" "failed_tasks" {
  statement {
    sid       = "Schedule"
    actions   = ["sqs:SendMessage"]
    resources = ["arn:${local.partition}:sqs:${var.region}:${local.account}:${local.name}-failed-tasks"]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["arn:${local.partition}:events:${var.region}:${local.account}:rule/${local.name}-sweep-expired"]
    }
  }
}

resource "aws_sqs_queue_policy" "failed_tasks" {
  queue_url = aws_sqs_queue.failed_tasks.id
  policy    = data.aws_iam_policy_document.failed_tasks.json
}

# --- The API: every path goes to the function; a body that is a text's is looked at before

locals {
  gateway_host = "${aws_api_gateway_rest_api.main.id}.execute-api.${var.region}.amazonaws.com"
  api_url      = var.domain_name == null ? "https://${local.gateway_host}/${var.environment}" : "https://${var.domain_name}"

  # The longest text that the service takes, in characters: interactions/domain/interaction.py.
  longest_text = 200000

  # Resources by their path. A more exact one takes a request from {proxy+}, so each has one below it.
  api_parents = {
    "v1"                       = ""
    "v1/interactions"          = "v1"
    "v1/chat"                  = "v1"
    "v1/schema"                = "v1"
    "{proxy+}"                 = ""
    "v1/{proxy+}"              = "v1"
    "v1/interactions/{proxy+}" = "v1/interactions"
    "v1/chat/{proxy+}"         = "v1/chat"
    "v1/schema/{proxy+}"       = "v1/schema"
  }
  api_resources = merge(
    { "" = aws_api_gateway_rest_api.main.root_resource_id },
    { for path, resource in aws_api_gateway_resource.level1 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level2 : path => resource.id },
    { for path, resource in aws_api_gateway_resource.level3 : path => resource.id },
  )
  # What a person or a model writes comes by these.
  api_texts = toset(["v1/interactions", "v1/chat"])

  api_methods = merge(
    { for path in concat([""], keys(local.api_parents)) : "ANY /${path}" => { path = path, method = "ANY", checked = false } },
    { for path in local.api_texts : "POST /${path}" => { path = path, method = "POST", checked = true } },
    { "GET /v1/schema" = { path = "v1/schema", method = "GET", checked = false } },
  )

  # Errors that the gateway makes itself, in the API's own form. The defaults state no status, which would rewrite all of
  # their class; and none has $context.error.validationErrorString, which quotes the text.
  gateway_problems = {
    DEFAULT_4XX                  = { status = null, type = null, title = "The gateway refused the request", detail = "The gateway says $context.error.responseType." }
    DEFAULT_5XX                  = { status = null, type = null, title = "The gateway could not serve the request", detail = "The gateway says $context.error.responseType." }
    ACCESS_DENIED                = { status = 403, type = null, title = "Forbidden", detail = "The gateway's policy does not allow this." }
    BAD_REQUEST_BODY             = { status = 400, type = "invalid-request", title = "The request is not valid", detail = "Send a JSON object whose prompt and response have ${local.longest_text} characters at most." }
    INTEGRATION_FAILURE          = { status = 502, type = null, title = "Bad Gateway", detail = "The service did not answer. Try again." }
    INTEGRATION_TIMEOUT          = { status = 504, type = "deadline-exceeded", title = "The request took too long", detail = "Send it again; an Idempotency-Key makes that harmless." }
    MISSING_AUTHENTICATION_TOKEN = { status = 404, type = "not-found", title = "There is no such thing", detail = "There is nothing at this path." }
    QUOTA_EXCEEDED               = { status = 429, type = "rate-limited", title = "Too many requests", detail = "The quota of the gateway's key is used up for today." }
    REQUEST_TOO_LARGE            = { status = 413, type = "content-too-large", title = "The body is too large", detail = "Send less at once." }
    THROTTLED                    = { status = 429, type = "rate-limited", title = "Too many requests", detail = "Try again after Retry-After seconds." }
    UNSUPPORTED_MEDIA_TYPE       = { status = 415, type = "unsupported-media-type", title = "The content type is not supported", detail = "Send application/json." }
    WAF_FILTERED                 = { status = 403, type = null, title = "Forbidden", detail = "The firewall blocked the request." }
  }
}

resource "aws_api_gateway_rest_api" "main" {
  name                         = local.name
  description                  = "The Interactions API."
  binary_media_types           = ["*/*"] # else bodies that are not text arrive broken
  minimum_compression_size     = "1024"
  disable_execute_api_endpoint = var.domain_name != null

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# A resource's parent has to be there first, and Terraform orders no resource behind another of the same block.
resource "aws_api_gateway_resource" "level1" {
  for_each = { for path, parent in local.api_parents : path => path if parent == "" }

  rest_api_id = aws_api_gateway_rest_api.main.id
  parent_id   = aws_api_gateway_rest_api.main.root_resource_id
  path_part   = each.value
}

resource "aws_api_gateway_resource" "level2" {
  for_each = { for path, parent in local.api_parents : path => trimprefix(path, "v1/") if parent == "v1" }

  rest_api_id = aws_api_gateway_rest_api.main.id
  parent_id   = aws_api_gateway_resource.level1["v1"].id
  path_part   = each.value
}

resource "aws_api_gateway_resource" "level3" {
  for_each = { for path, parent in local.api_parents : path => parent if !contains(["", "v1"], parent) }

  rest_api_id = aws_api_gateway_rest_api.main.id
  parent_id   = aws_api_gateway_resource.level2[each.value].id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_method" "main" {
  #checkov:skip=CKV_AWS_59:The service authenticates: sessions and API keys, and preflights without either.
  #checkov:skip=CKV2_AWS_53:Only what holds a text has a body to check; the rest goes to the service as it is.
  for_each = local.api_methods

  rest_api_id          = aws_api_gateway_rest_api.main.id
  resource_id          = local.api_resources[each.value.path]
  http_method          = each.value.method
  authorization        = "NONE"
  api_key_required     = var.gateway_keys && each.value.checked # never of a preflight, which has no key, or of a probe
  request_models       = each.value.checked ? { "application/json" = aws_api_gateway_model.text.name } : null
  request_validator_id = each.value.checked ? aws_api_gateway_request_validator.body.id : null
  request_parameters   = endswith(each.value.path, "{proxy+}") ? { "method.request.path.proxy" = true } : null
}

resource "aws_api_gateway_integration" "main" {
  for_each = local.api_methods

  rest_api_id             = aws_api_gateway_rest_api.main.id
  resource_id             = local.api_resources[each.value.path]
  http_method             = aws_api_gateway_method.main[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_alias.live.invoke_arn
  timeout_milliseconds    = 29000
}

resource "aws_api_gateway_request_validator" "body" {
  rest_api_id                 = aws_api_gateway_rest_api.main.id
  name                        = "body"
  validate_request_body       = true
  validate_request_parameters = true
}

# An object, and texts of a size that the service takes: it names the field of anything else itself.
resource "aws_api_gateway_model" "text" {
  rest_api_id  = aws_api_gateway_rest_api.main.id
  name         = "Text"
  description  = "What holds a prompt."
  content_type = "application/json"
  schema = jsonencode({
    "$schema" = "http://json-schema.org/draft-04/schema#"
    title     = "Text"
    type      = "object"
    properties = {
      prompt   = { maxLength = local.longest_text }
      response = { maxLength = local.longest_text }
    }
  })
}

resource "aws_api_gateway_gateway_response" "problem" {
  for_each = local.gateway_problems

  rest_api_id   = aws_api_gateway_rest_api.main.id
  response_type = each.key
  status_code   = each.value.status == null ? null : tostring(each.value.status)

  response_parameters = merge(
    {
      "gatewayresponse.header.Access-Control-Allow-Origin"      = "'${var.cors_allowed_origins[0]}'"
      "gatewayresponse.header.Access-Control-Allow-Credentials" = "'true'"
      "gatewayresponse.header.Access-Control-Expose-Headers"    = "'Retry-After,x-amzn-RequestId,x-amzn-ErrorType'"
      "gatewayresponse.header.Vary"                             = "'Origin'"
      "gatewayresponse.header.Cache-Control"                    = "'no-store'"
      "gatewayresponse.header.Content-Type"                     = "'application/problem+json'"
    },
    each.key == "THROTTLED" ? { "gatewayresponse.header.Retry-After" = "'1'" } : {},
  )

  response_templates = {
    "application/json" = jsonencode(merge(
      {
        type       = each.value.type == null ? "about:blank" : "/problems/${each.value.type}"
        title      = each.value.title
        detail     = each.value.detail
        instance   = "$context.path"
        request_id = "$context.requestId"
        trace_id   = null
        errors     = []
      },
      each.value.status == null ? {} : { status = each.value.status },
    ))
  }
}

# Made anew whenever anything of the API changes, and never a stale one.
resource "aws_api_gateway_deployment" "main" {
  rest_api_id = aws_api_gateway_rest_api.main.id

  triggers = {
    api = sha256(jsonencode([
      aws_api_gateway_rest_api.main.binary_media_types,
      aws_api_gateway_rest_api.main.minimum_compression_size,
      local.api_resources,
      aws_api_gateway_method.main,
      aws_api_gateway_integration.main,
      aws_api_gateway_model.text,
      aws_api_gateway_request_validator.body,
      aws_api_gateway_gateway_response.problem,
    ]))
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "main" {
  #checkov:skip=CKV_AWS_120:No cache: an answer is one user's own. api_cache_gb turns one on for the schema alone.
  #checkov:skip=CKV2_AWS_51:The backend is Lambda, which is invoked by IAM: there is no server to show a client certificate to.
  #checkov:skip=CKV2_AWS_4:aws_api_gateway_method_settings.all has the level; checkov does not connect it with the stage.
  #checkov:skip=CKV2_AWS_77:It also asks for AWSManagedRulesAnonymousIpList, which refuses people on VPNs and clients on hosting providers.
  rest_api_id           = aws_api_gateway_rest_api.main.id
  deployment_id         = aws_api_gateway_deployment.main.id
  stage_name            = var.environment
  xray_tracing_enabled  = true
  cache_cluster_enabled = var.api_cache_gb != null
  cache_cluster_size    = var.api_cache_gb

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.gateway_access.arn
    format          = jsonencode(local.access_log)
  }

  depends_on = [aws_api_gateway_account.main, aws_cloudwatch_log_group.gateway_execution]
}

resource "aws_api_gateway_method_settings" "all" {
  #checkov:skip=CKV_AWS_225:No cache but for the schema.
  rest_api_id = aws_api_gateway_rest_api.main.id
  stage_name  = aws_api_gateway_stage.main.stage_name
  method_path = "*/*"

  settings {
    throttling_burst_limit = var.throttle.burst
    throttling_rate_limit  = var.throttle.rate
    logging_level          = "ERROR"
    data_trace_enabled     = false # it would log prompts
    metrics_enabled        = var.api_method_metrics
    caching_enabled        = false
    cache_data_encrypted   = true
  }
}

resource "aws_api_gateway_method_settings" "schema" {
  count = var.api_cache_gb == null ? 0 : 1

  rest_api_id = aws_api_gateway_rest_api.main.id
  stage_name  = aws_api_gateway_stage.main.stage_name
  method_path = "v1/schema/GET"

  settings {
    throttling_burst_limit                     = var.throttle.burst
    throttling_rate_limit                      = var.throttle.rate
    logging_level                              = "ERROR"
    data_trace_enabled                         = false
    metrics_enabled                            = var.api_method_metrics
    caching_enabled                            = true
    cache_data_encrypted                       = true
    cache_ttl_in_seconds                       = 300
    require_authorization_for_cache_control    = true
    unauthorized_cache_control_header_strategy = "SUCCEED_WITHOUT_RESPONSE_HEADER"
  }
}

resource "aws_api_gateway_usage_plan" "main" {
  name        = local.name
  description = "For clients that name themselves by a key of the gateway."

  api_stages {
    api_id = aws_api_gateway_rest_api.main.id
    stage  = aws_api_gateway_stage.main.stage_name
  }

  throttle_settings {
    rate_limit  = var.usage_plan.rate
    burst_limit = var.usage_plan.burst
  }

  quota_settings {
    limit  = var.usage_plan.per_day
    period = "DAY"
  }
}

resource "aws_api_gateway_domain_name" "main" {
  count = var.domain_name == null ? 0 : 1

  domain_name              = var.domain_name
  regional_certificate_arn = var.certificate_arn == null ? aws_acm_certificate_validation.main[0].certificate_arn : var.certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_base_path_mapping" "main" {
  count = var.domain_name == null ? 0 : 1

  api_id      = aws_api_gateway_rest_api.main.id
  stage_name  = aws_api_gateway_stage.main.stage_name
  domain_name = aws_api_gateway_domain_name.main[0].domain_name
}

# --- The domain's certificate and records, where Route 53 has its zone

locals {
  made_certificates = var.zone_id != null && var.certificate_arn == null ? toset([var.domain_name]) : toset([])
}

resource "aws_acm_certificate" "main" {
  for_each = local.made_certificates

  domain_name       = each.value
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = local.made_certificates

  zone_id         = var.zone_id
  name            = one(aws_acm_certificate.main[each.key].domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.main[each.key].domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.main[each.key].domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true # a second certificate of the domain has the same record
}

resource "aws_acm_certificate_validation" "main" {
  count = length(local.made_certificates)

  certificate_arn         = aws_acm_certificate.main[var.domain_name].arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_route53_record" "main" {
  count = var.zone_id == null ? 0 : 1

  zone_id = var.zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = aws_api_gateway_domain_name.main[0].regional_domain_name
    zone_id                = aws_api_gateway_domain_name.main[0].regional_zone_id
    evaluate_target_health = false
  }
}

# What is turned on by variables, and what each of them refuses.

override_data {
  target = data.aws_servicequotas_service_quota.concurrency
  values = { value = 1100 }
}

variables {
  package = "versions.tf"
}

run "everything_on" {
  command = plan

  variables {
    environment             = "stage"
    region                  = "sa-east-1"
    active_table_prefix     = "interactions-stage-restored-20261127000000-"
    content_retention_days  = 90
    record_retention_days   = 365
    rate_limit_key          = "10/second"
    redaction               = "all=mask, card = refuse,ip=off"
    max_output_tokens       = 200000
    context_tokens          = 0
    spending_limit_user     = "2.50"
    answer_cache_minutes    = 1440
    breaker_failures        = 3
    breaker_seconds         = 60
    provider_secrets        = ["openai-api-key", "openrouter-api-key"]
    bedrock_model_arns      = ["arn:aws:bedrock:sa-east-1::foundation-model/amazon.nova-lite-v1:0"]
    provisioned_concurrency = 2
    table_max_throughput    = { read = 2000, write = 500 }
    api_cache_gb            = "0.5"
    waf_body_kb             = 32
    waf_bot_control         = true
    separate_logs_key       = true
    domain_name             = "api.example.com"
    certificate_arn         = "arn:aws:acm:sa-east-1:123456789012:certificate/0f"
    backup_plan             = true
    replica_regions         = ["us-east-1", "us-west-2"]
    alert_emails            = ["ops@example.com"]
    slack                   = { workspace_id = "T0123ABCD", channel_id = "C0123ABCD" }
    api_method_metrics      = true
    budget_by_tag           = true
    gateway_keys            = true
    model_providers = [
      { kind = "openai", model = "gpt-4.1-mini", models = ["gpt-4.1"], seconds = 10 },
      { kind = "openai", model = "openai/gpt-4.1-mini", name = "openrouter", base_url = "https://openrouter.ai/api/v1", key = "openrouter-api-key", headers = { X-Title = "Interactions" }, send_stream = false },
      { kind = "bedrock", model = "amazon.nova-lite-v1:0", region = "us-east-1", max_output_tokens = 5000 },
    ]
  }

  assert {
    condition     = aws_lambda_function.api.function_name == "interactions-stage" && aws_api_gateway_stage.main.stage_name == "stage"
    error_message = "The environment names everything."
  }
  assert {
    condition     = aws_lambda_function.api.environment[0].variables["TABLE_PREFIX"] == "interactions-stage-restored-20261127000000-" && aws_dynamodb_table.service["cache"].name == "interactions-stage-cache"
    error_message = "The function uses the restored tables, and Terraform's keep their names."
  }
  assert {
    condition = aws_lambda_function.api.environment[0].variables["PROVIDERS"] == jsonencode([
      { kind = "openai", model = "gpt-4.1-mini", models = ["gpt-4.1"], seconds = 10 },
      { kind = "openai", model = "openai/gpt-4.1-mini", name = "openrouter", base_url = "https://openrouter.ai/api/v1", key = "openrouter-api-key", headers = { X-Title = "Interactions" }, send_stream = false },
      { kind = "bedrock", model = "amazon.nova-lite-v1:0", region = "us-east-1", max_output_tokens = 5000 },
    ])
    error_message = "The function is told its providers in their order, and nothing of what was left out."
  }
  assert {
    condition = {
      for name, value in aws_lambda_function.api.environment[0].variables : name => value
      if contains(["REDACTION", "MAX_OUTPUT_TOKENS", "CONTEXT_TOKENS", "SPENDING_LIMIT_USER", "ANSWER_CACHE_MINUTES", "BREAKER_FAILURES", "BREAKER_SECONDS"], name)
      } == {
      REDACTION            = "all=mask, card = refuse,ip=off"
      MAX_OUTPUT_TOKENS    = "200000"
      CONTEXT_TOKENS       = "0"
      SPENDING_LIMIT_USER  = "2.50"
      ANSWER_CACHE_MINUTES = "1440"
      BREAKER_FAILURES     = "3"
      BREAKER_SECONDS      = "60"
    }
    error_message = "The function is told what asking may take."
  }
  assert {
    condition     = alltrue([for table in aws_dynamodb_table.service : table.stream_view_type == "NEW_AND_OLD_IMAGES"]) && keys(aws_kms_key.replica) == ["us-east-1", "us-west-2"]
    error_message = "Every table has a stream for its replicas, and each region a key."
  }
  assert {
    condition     = aws_api_gateway_domain_name.main[0].security_policy == "TLS_1_2" && aws_api_gateway_rest_api.main.disable_execute_api_endpoint
    error_message = "A domain of one's own takes TLS 1.2 alone, and the gateway's address is off."
  }
  assert {
    condition     = length(aws_route53_record.main) == 0 && length(aws_acm_certificate.main) == 0
    error_message = "Without a zone Terraform makes no DNS record and no certificate."
  }
  assert {
    condition     = toset([for name, method in aws_api_gateway_method.main : name if method.api_key_required]) == toset(["POST /v1/chat", "POST /v1/interactions"])
    error_message = "The gateway asks for a key where a text is posted, and nowhere else."
  }
  assert {
    condition     = aws_api_gateway_method_settings.schema[0].method_path == "v1/schema/GET" && !aws_api_gateway_method_settings.all.settings[0].caching_enabled
    error_message = "The cache keeps the schema, and nobody's answers."
  }
  assert {
    condition = alltrue(flatten([
      for alarm in aws_cloudwatch_metric_alarm.table_throttles : [
        for query in alarm.metric_query : query.metric[0].dimensions["TableName"] == "interactions-stage-restored-20261127000000-interactions" if query.expression == null
      ]
    ]))
    error_message = "Alarms watch the tables in use."
  }
  assert {
    condition = alltrue(flatten([
      for table in aws_dynamodb_table.service : [
        for limits in concat([table.on_demand_throughput], [for index in table.global_secondary_index : index.on_demand_throughput]) :
        one(limits).max_read_request_units == 2000 && one(limits).max_write_request_units == 500
      ]
    ]))
    error_message = "Each table and index has a maximum."
  }
  assert {
    condition     = length(aws_sns_topic_subscription.email) == 1 && length(aws_chatbot_slack_channel_configuration.alerts) == 1 && length(aws_backup_plan.tables) == 1
    error_message = "Alerts and backups."
  }
  assert {
    condition     = one([for filter in aws_budgets_budget.monthly.cost_filter : "${filter.name}: ${join(" ", filter.values)}"]) == "TagKeyValue: user:Service$interactions"
    error_message = "The budget counts resources with the service's tag."
  }
}

run "a_domain_in_route_53" {
  command = plan

  variables {
    alert_emails = ["ops@example.com"]
    domain_name  = "api.example.com"
    zone_id      = "Z0123456789ABC"
  }

  assert {
    condition     = one([for each in aws_acm_certificate.main : "${each.domain_name} ${each.validation_method}"]) == "api.example.com DNS"
    error_message = "The domain gets a certificate."
  }
  assert {
    condition     = length(aws_route53_record.validation) == 1 && alltrue([for each in aws_route53_record.validation : each.zone_id == var.zone_id])
    error_message = "The certificate is validated in the zone."
  }
  assert {
    condition     = aws_route53_record.main[0].name == "api.example.com" && aws_route53_record.main[0].zone_id == var.zone_id && aws_route53_record.main[0].type == "A"
    error_message = "The domain leads to the gateway."
  }
}

run "a_domain_in_route_53_with_a_given_certificate" {
  command = plan

  variables {
    alert_emails    = ["ops@example.com"]
    domain_name     = "api.example.com"
    zone_id         = "Z0123456789ABC"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/0f"
  }

  assert {
    condition     = length(aws_acm_certificate.main) == 0 && length(aws_route53_record.validation) == 0 && length(aws_route53_record.main) == 1
    error_message = "Only the record is made."
  }
  assert {
    condition     = aws_api_gateway_domain_name.main[0].regional_certificate_arn == var.certificate_arn
    error_message = "The certificate is the one that was given."
  }
}

run "a_zone_without_a_domain_is_refused" {
  command = plan

  variables {
    alert_emails = ["ops@example.com"]
    zone_id      = "Z0123456789ABC"
  }

  expect_failures = [var.zone_id]
}

run "a_domain_is_no_zone" {
  command = plan

  variables {
    alert_emails = ["ops@example.com"]
    domain_name  = "api.example.com"
    zone_id      = "example.com"
  }

  expect_failures = [var.zone_id]
}

run "refused" {
  command = plan

  variables {
    environment                = "Prod 1"
    region                     = "mars"
    package                    = "no-such.zip"
    architecture               = "arm"
    canary_weight              = 1.5
    stable_version             = "$LATEST"
    active_table_prefix        = "a b"
    cors_allowed_origins       = ["*"]
    cookie_samesite            = "none"
    content_retention_days     = 0
    record_retention_days      = 1.5
    rate_limit_user            = "many"
    rate_limit_key             = "600 a minute"
    redaction                  = "cpf=hide"
    secrets_generation         = 0
    max_output_tokens          = 0
    context_tokens             = -1
    spending_limit_user        = "0.00"
    answer_cache_minutes       = 1.5
    breaker_failures           = 0
    breaker_seconds            = 3601
    provider_secrets           = ["django-secret-key"]
    bedrock_model_arns         = ["*"]
    reserved_concurrency       = 1001
    provisioned_concurrency    = 1.5
    table_max_throughput       = { read = 0, write = 1.5 }
    throttle                   = { rate = 0, burst = 1 }
    usage_plan                 = { rate = 0, burst = 1, per_day = 1 }
    api_cache_gb               = "1"
    waf_requests_per_5_minutes = 9
    waf_body_kb                = 20
    key_deletion_days          = 7
    code_signing_config_arn    = "mine"
    permissions_boundary_arn   = "mine"
    domain_name                = "https://api.example.com"
    backup_retention_days      = 36
    log_retention_days         = 7
    xray_sampling              = { per_second = 1, share = 2 }
    alert_emails               = ["nobody"]
    slack                      = { workspace_id = "a team", channel_id = "#alerts" }
    monthly_budget_usd         = 0
    allowed_account_ids        = ["mine"]
  }

  expect_failures = [
    var.environment, var.region, var.package, var.architecture, var.canary_weight, var.stable_version,
    var.active_table_prefix, var.cors_allowed_origins, var.cookie_samesite, var.content_retention_days,
    var.record_retention_days, var.rate_limit_user, var.rate_limit_key, var.redaction, var.secrets_generation,
    var.max_output_tokens, var.context_tokens, var.spending_limit_user, var.answer_cache_minutes,
    var.breaker_failures, var.breaker_seconds, var.provider_secrets, var.bedrock_model_arns,
    var.reserved_concurrency, var.provisioned_concurrency, var.table_max_throughput, var.throttle, var.usage_plan,
    var.api_cache_gb, var.waf_requests_per_5_minutes, var.waf_body_kb, var.key_deletion_days,
    var.code_signing_config_arn, var.permissions_boundary_arn, var.domain_name,
    var.backup_retention_days, var.log_retention_days, var.xray_sampling, var.alert_emails,
    var.slack, var.monthly_budget_usd, var.allowed_account_ids,
  ]
}

# What is wrong only beside another variable, which has to be right by itself.
run "refused_together" {
  command = plan

  variables {
    alert_emails            = ["ops@example.com"]
    snap_start              = true
    provisioned_concurrency = 1
    domain_name             = "api.example.com"
    replica_regions         = ["us-east-1"]
    model_providers         = [{ kind = "openai", model = "any", base_url = "https://openrouter.ai/api/v1", key = "openrouter-api-key" }]
  }

  expect_failures = [var.snap_start, var.certificate_arn, var.replica_regions, var.model_providers]
}

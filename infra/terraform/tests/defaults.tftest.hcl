# What is deployed when nothing is said.

override_data {
  target = data.aws_servicequotas_service_quota.concurrency
  values = { value = 1100 }
}

override_resource {
  target          = aws_lambda_function.api
  override_during = plan
  values = {
    version = "8"
    arn     = "arn:aws:lambda:us-east-1:123456789012:function:interactions-prod"
  }
}

variables {
  package = "versions.tf" # any file: none is deployed
}

run "defaults" {
  command = plan

  expect_failures = [check.alarm_recipients]

  assert {
    condition     = aws_lambda_function.api.memory_size == 1024 && aws_lambda_function.api.timeout == 30 && aws_lambda_function.api.publish
    error_message = "The function has 1 GB, 30 s, and published versions."
  }
  assert {
    condition     = aws_lambda_function.api.reserved_concurrent_executions == 1000
    error_message = "1000 requests at a time, where the quota lets them."
  }
  assert {
    condition     = aws_lambda_function.api.environment[0].variables["TABLE_PREFIX"] == "interactions-prod-"
    error_message = "The function uses Terraform's own tables until a restore."
  }
  assert {
    condition     = aws_lambda_function.api.environment[0].variables["PROVIDERS"] == "[{\"kind\":\"openai\",\"model\":\"gpt-4.1-mini\"}]"
    error_message = "OpenAI is asked."
  }
  assert {
    condition     = !contains(keys(aws_lambda_function.api.environment[0].variables), "REDACTION") && !contains(keys(aws_lambda_function.api.environment[0].variables), "CONTEXT_TOKENS")
    error_message = "What is not given is the service's own to say."
  }
  assert {
    condition     = aws_lambda_alias.live.function_version == "8" && length(aws_lambda_alias.live.routing_config) == 0
    error_message = "The first version has no canary: an alias refuses two equal versions."
  }
  assert {
    condition     = keys(aws_dynamodb_table.service) == ["accounts", "api_keys", "cache", "conversations", "idempotency", "interactions", "sessions"]
    error_message = "All tables."
  }
  assert {
    condition     = alltrue([for table in aws_dynamodb_table.service : length(table.replica) == 0 && !table.stream_enabled && length(table.on_demand_throughput) == 0])
    error_message = "One region, and AWS's own maximum."
  }
  assert {
    condition     = aws_cloudwatch_event_target.sweep.input == "{\"task\":\"sweep_expired\"}"
    error_message = "The schedule sweeps."
  }
  assert {
    condition     = length(aws_sns_topic_subscription.email) == 0 && length(aws_chatbot_slack_channel_configuration.alerts) == 0
    error_message = "Nobody is told until somebody is named."
  }
  assert {
    condition     = length(aws_budgets_budget.monthly.cost_filter) == 0
    error_message = "The budget counts the whole account: a tag counts only after it was activated."
  }
}

run "canary_in_a_new_account" {
  command = plan

  variables {
    stable_version = "7"
  }

  override_data {
    target = data.aws_servicequotas_service_quota.concurrency
    values = { value = 10 }
  }

  expect_failures = [check.reserved_concurrency, check.alarm_recipients]

  assert {
    condition     = aws_lambda_alias.live.function_version == "7" && aws_lambda_alias.live.routing_config[0].additional_version_weights == tomap({ "8" = 0.1 })
    error_message = "A version that the release parameter does not know gets a tenth."
  }
  assert {
    condition     = aws_lambda_function.api.reserved_concurrent_executions == -1
    error_message = "Nothing is reserved of a quota that leaves nothing."
  }
  assert {
    condition     = startswith(output.concurrency, "Nothing is reserved, not 1000: ask for 1100 by `aws service-quotas ")
    error_message = "The output says what to ask for."
  }
}

run "a_slack_channel_receives_alarms" {
  command = plan

  variables {
    slack = { workspace_id = "T0123ABCD", channel_id = "C0123ABCD" }
  }
}

run "an_address_receives_alarms" {
  command = plan

  variables {
    alert_emails = ["ops@example.com"]
  }
}

output "api_url" {
  description = "Where the API is: /health, /v1/… below it."
  value       = local.api_url
}

output "domain_target" {
  description = "What the DNS record of domain_name points to, where zone_id does not make it (an alias record of Route 53, or a CNAME)."
  value       = one(aws_api_gateway_domain_name.main[*].regional_domain_name)
}

output "function_name" {
  description = "The Lambda function."
  value       = aws_lambda_function.api.function_name
}

output "alias" {
  description = "The ARN of the alias that the API and the schedule invoke: what to invoke by hand, as it goes to the live version."
  value       = aws_lambda_alias.live.arn
}

output "package_sha256" {
  description = "Of the zip that this plan deploys, in base64, as Lambda says it."
  value       = aws_lambda_function.api.source_code_hash
}

output "newest_version" {
  description = "The version of the function that was published last."
  value       = local.newest_version
}

output "stable_version" {
  description = "The version that is live, but for a canary's share."
  value       = local.stable_version
}

output "table_prefix" {
  description = "What the names of the tables in use begin with."
  value       = local.active_table_prefix
}

output "dashboard_url" {
  description = "The dashboard, in the console."
  value       = "https://${var.region}.console.aws.amazon.com/cloudwatch/home?region=${var.region}#dashboards/dashboard/${local.name}"
}

output "concurrency" {
  description = "What is reserved, and what to ask AWS for where that is less than wanted."
  value = (
    local.reserved_concurrency == var.reserved_concurrency
    ? "${local.reserved_concurrency} concurrent executions are reserved."
    : "${local.reserved_concurrency > 0 ? "${local.reserved_concurrency} concurrent executions are" : "Nothing is"} reserved, not ${var.reserved_concurrency}: ask for ${var.reserved_concurrency + local.unreserved} by `aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value ${var.reserved_concurrency + local.unreserved} --region ${var.region}`, then apply again."
  )
}

output "burst" {
  description = "What caps the stage's burst."
  value       = "The stage is throttled at ${var.throttle.rate} requests a second with a burst of ${var.throttle.burst}; an account's own default burst of 5,000 caps that until AWS raises its 10,000 requests a second (quota L-8A5B8E43 of apigateway)."
}

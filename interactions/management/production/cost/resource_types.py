"""Every type of resource is priced, or known to be free, or refused: nothing is free by oversight."""

from __future__ import annotations

from interactions.management.production.cost.plan import Plan
from interactions.management.production.cost.refusal import Refused

PRICED = frozenset(
    {
        "aws_api_gateway_method_settings",
        "aws_api_gateway_rest_api",
        "aws_api_gateway_stage",
        "aws_backup_plan",
        "aws_cloudwatch_composite_alarm",
        "aws_cloudwatch_dashboard",
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_metric_filter",
        "aws_cloudwatch_metric_alarm",
        "aws_dynamodb_table",
        "aws_kms_key",
        "aws_kms_replica_key",
        "aws_lambda_function",
        "aws_lambda_provisioned_concurrency_config",
        "aws_scheduler_schedule",
        "aws_sns_topic",
        "aws_sns_topic_subscription",
        "aws_sqs_queue",
        "aws_ssm_parameter",
        "aws_wafv2_rule_group",
        "aws_wafv2_web_acl",
        "aws_wafv2_web_acl_logging_configuration",
        "aws_xray_sampling_rule",
    }
)

# By why.
_FREE = {
    "IAM is free": """
        aws_iam_access_key aws_iam_group aws_iam_instance_profile aws_iam_openid_connect_provider aws_iam_policy
        aws_iam_role aws_iam_role_policies_exclusive aws_iam_role_policy aws_iam_role_policy_attachment
        aws_iam_role_policy_attachments_exclusive aws_iam_service_linked_role aws_iam_user aws_iam_user_policy
    """,
    "the requests to the API are billed, and its cache": """
        aws_api_gateway_account aws_api_gateway_api_key aws_api_gateway_authorizer aws_api_gateway_base_path_mapping
        aws_api_gateway_client_certificate aws_api_gateway_deployment aws_api_gateway_documentation_part
        aws_api_gateway_documentation_version aws_api_gateway_domain_name aws_api_gateway_gateway_response
        aws_api_gateway_integration aws_api_gateway_integration_response aws_api_gateway_method
        aws_api_gateway_method_response aws_api_gateway_model aws_api_gateway_request_validator
        aws_api_gateway_resource aws_api_gateway_rest_api_policy aws_api_gateway_rest_api_put
        aws_api_gateway_usage_plan aws_api_gateway_usage_plan_key
    """,
    "invocations are billed, and what is kept warm": """
        aws_lambda_alias aws_lambda_code_signing_config aws_lambda_function_event_invoke_config
        aws_lambda_function_recursion_config aws_lambda_layer_version aws_lambda_permission
        aws_lambda_runtime_management_config
    """,
    "the bus of AWS's own events is free, and so are its rules; what a rule invokes is billed": """
        aws_cloudwatch_event_permission aws_cloudwatch_event_target aws_scheduler_schedule_group
    """,
    "a policy, an alias, a link or a setting of something else": """
        aws_backup_selection aws_backup_vault aws_backup_vault_lock_configuration aws_backup_vault_notifications
        aws_backup_vault_policy aws_cloudwatch_log_resource_policy aws_cloudwatch_log_stream
        aws_dynamodb_resource_policy aws_dynamodb_tag aws_kms_alias aws_kms_grant aws_kms_key_policy
        aws_sns_topic_data_protection_policy aws_sns_topic_policy aws_sqs_queue_policy
        aws_sqs_queue_redrive_allow_policy aws_sqs_queue_redrive_policy aws_wafv2_ip_set aws_wafv2_regex_pattern_set
        aws_wafv2_web_acl_association aws_xray_encryption_config aws_xray_resource_policy
    """,
    "the zone is billed, and its queries; those of an alias to a gateway are free": "aws_route53_record",
    "without a charge of its own": """
        aws_acm_certificate aws_acm_certificate_validation aws_applicationinsights_application aws_budgets_budget
        aws_ce_anomaly_monitor aws_ce_anomaly_subscription aws_chatbot_slack_channel_configuration
        aws_chatbot_teams_channel_configuration aws_cloudwatch_query_definition aws_resourcegroups_group
        aws_servicequotas_service_quota aws_xray_group
    """,
    "nothing in AWS": """
        archive_file local_file local_sensitive_file null_resource random_id random_integer random_password
        random_pet random_string random_uuid terraform_data time_rotating time_sleep time_static tls_private_key
    """,
}
FREE = {name: why for why, names in _FREE.items() for name in names.split()}

# Known to be billed, which the price file does not go into; others that are not in any list are refused just so.
_UNPRICED = """
    aws_api_gateway_vpc_link aws_apigatewayv2_api aws_bedrock_provisioned_model_throughput aws_budgets_budget_action
    aws_cloudfront_distribution aws_cloudtrail aws_cloudwatch_contributor_insight_rule aws_cloudwatch_event_archive
    aws_cloudwatch_event_bus aws_cloudwatch_log_anomaly_detector aws_cloudwatch_log_delivery
    aws_cloudwatch_log_subscription_filter aws_cloudwatch_metric_stream aws_cognito_user_pool
    aws_dynamodb_contributor_insights aws_dynamodb_kinesis_streaming_destination aws_dynamodb_table_export
    aws_dynamodb_table_replica aws_instance aws_kinesis_firehose_delivery_stream aws_kinesis_stream
    aws_kms_external_key aws_lambda_event_source_mapping aws_lb aws_nat_gateway aws_pipes_pipe aws_rds_cluster
    aws_route53_health_check aws_route53_zone aws_s3_bucket aws_secretsmanager_secret aws_sfn_state_machine
    aws_synthetics_canary aws_vpc_endpoint aws_wafv2_web_acl_rule aws_wafv2_web_acl_rule_group_association
"""
UNPRICED = frozenset(_UNPRICED.split())


def check_types(plan: Plan) -> None:
    """Raises Refused for the first resource that is neither priced nor known to be free."""
    for each in plan.resources:
        if each.type in UNPRICED:
            raise Refused(
                f"There is no price for {each.address}: {each.type} is billed, and the price file leaves it out"
            )
        if each.type not in PRICED and each.type not in FREE:
            raise Refused(f"There is no price for {each.address}, and nobody has said that {each.type} is free")

# Plans alone: nothing is made, and no AWS account is asked.

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  default_tags {
    tags = { Service = "interactions-bootstrap" }
  }
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_resource {
  target          = aws_kms_key.state
  override_during = plan
  values = {
    arn    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    key_id = "11111111-2222-3333-4444-555555555555"
  }
}

variables {
  github_repository = "octo-org/interactions"
}

# One plan for all that the defaults make.
run "defaults" {
  command = plan

  # --- The state is kept encrypted, private and versioned

  assert {
    condition     = aws_s3_bucket.state.bucket == "interactions-prod-terraform-state-123456789012"
    error_message = "The bucket has another name."
  }

  assert {
    condition     = aws_s3_bucket_versioning.state.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket keeps no versions."
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.state.rule :
      rule.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms" &&
      rule.apply_server_side_encryption_by_default[0].kms_master_key_id == aws_kms_key.state.arn
    ])
    error_message = "The bucket is not encrypted by its own key."
  }

  assert {
    condition     = aws_kms_key.state.enable_key_rotation && aws_kms_key.state.deletion_window_in_days == 30
    error_message = "The key is not rotated, or goes too soon."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.state.block_public_acls, aws_s3_bucket_public_access_block.state.block_public_policy,
      aws_s3_bucket_public_access_block.state.ignore_public_acls, aws_s3_bucket_public_access_block.state.restrict_public_buckets,
      aws_s3_bucket_ownership_controls.state.rule[0].object_ownership == "BucketOwnerEnforced",
    ])
    error_message = "The bucket could be made public."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.state_bucket.json).Statement :
      statement.Effect == "Deny" && statement.Action == "s3:*" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false" &&
      toset(flatten([statement.Resource])) == toset(["arn:aws:s3:::interactions-prod-terraform-state-123456789012", "arn:aws:s3:::interactions-prod-terraform-state-123456789012/*"])
    ])
    error_message = "The bucket may be read without TLS."
  }

  assert {
    condition = alltrue([
      aws_s3_bucket_lifecycle_configuration.state.rule[0].status == "Enabled",
      one(aws_s3_bucket_lifecycle_configuration.state.rule[0].noncurrent_version_expiration).noncurrent_days == 90,
      one(aws_s3_bucket_lifecycle_configuration.state.rule[0].abort_incomplete_multipart_upload).days_after_initiation == 7,
    ])
    error_message = "Past states are not kept for 90 days."
  }

  # --- Infra terraform is told where its state is

  assert {
    condition     = endswith(local_file.backend.filename, "/../terraform/backend.tf")
    error_message = "The backend is written elsewhere."
  }

  assert {
    condition     = local_file.backend.content == <<-EOT
      # Written by infra/bootstrap.
      terraform {
        backend "s3" {
          bucket       = "interactions-prod-terraform-state-123456789012"
          key          = "interactions/terraform.tfstate"
          region       = "us-east-1"
          encrypt      = true
          kms_key_id   = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
          use_lockfile = true
        }
      }
    EOT
    error_message = "The backend is not encrypted by the key, not locked, or not there."
  }

  # --- Each role trusts one subject exactly

  assert {
    condition = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = { StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:octo-org/interactions:environment:prod"
        "token.actions.githubusercontent.com:ref" = "refs/heads/main"
      } }
    }]
    error_message = "The deploy role trusts others than the environment on main."
  }

  assert {
    condition = jsondecode(aws_iam_role.plan.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Condition = { StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:octo-org/interactions:pull_request"
      } }
    }]
    error_message = "The plan role trusts others than pull requests."
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 1 && aws_iam_openid_connect_provider.github[0].url == "https://token.actions.githubusercontent.com"
    error_message = "The account gets no OIDC provider."
  }

  # --- No policy allows a whole service

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in flatten([statement.Action]) : can(regex("^[a-z0-9-]+:[A-Za-z]+$", action))
        ]
      ]
    ]))
    error_message = "An action is not spelt out."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in flatten([statement.Action]) : contains([
            "backup-storage:MountCapsule", "chatbot:CreateSlackChannelConfiguration", "chatbot:DescribeSlackChannelConfigurations",
            "chatbot:ListTagsForResource", "chatbot:TagResource", "chatbot:UntagResource", "cloudwatch:GetMetricData", "kms:CreateKey", "kms:ListAliases",
            "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DeleteResourcePolicy", "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery", "secretsmanager:GetRandomPassword", "servicequotas:GetAWSDefaultServiceQuota",
            "servicequotas:GetServiceQuota", "sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
            "ssm:DescribeParameters", "xray:GetSamplingRules",
          ], action)
        ] if contains(flatten([statement.Resource]), "*")
      ]
    ]))
    error_message = "An action is allowed on everything that AWS could name a resource for."
  }

  # AWS takes 6,144 characters, and ten policies a role.
  assert {
    condition     = alltrue([for policy in aws_iam_policy.pipeline : length(replace(policy.policy, "/\\s/", "")) <= 6144]) && length(aws_iam_policy.pipeline) <= 10
    error_message = "A policy is too long, or there are too many."
  }

  # --- Pull requests read and know no secret

  assert {
    condition = alltrue(flatten([
      for key, _ in aws_iam_role_policy_attachment.plan : [
        for statement in jsondecode(aws_iam_policy.pipeline[key].policy).Statement : [
          for action in flatten([statement.Action]) : can(regex(":(Get|List|Describe|View)|^apigateway:GET$|^kms:Decrypt$", action))
        ]
      ]
    ]))
    error_message = "The plan role may change something."
  }

  assert {
    condition = alltrue(flatten([
      for key, _ in aws_iam_role_policy_attachment.plan : [
        for statement in jsondecode(aws_iam_policy.pipeline[key].policy).Statement : [
          for action in flatten([statement.Action]) : !contains([
            "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "lambda:InvokeFunction",
            "logs:FilterLogEvents", "logs:GetLogEvents", "sqs:ReceiveMessage", "ssm:GetParametersByPath",
          ], action)
        ]
      ]
    ]))
    error_message = "The plan role may read what people wrote."
  }

  # Of parameters what is live, and of keys the state's and the function's environment.
  assert {
    condition = alltrue(flatten([
      for key, _ in aws_iam_role_policy_attachment.plan : [
        for statement in jsondecode(aws_iam_policy.pipeline[key].policy).Statement : [
          !contains(flatten([statement.Action]), "ssm:GetParameter") || statement.Resource == "arn:aws:ssm:us-east-1:123456789012:parameter/interactions/prod/live/*",
          !contains(flatten([statement.Action]), "kms:Decrypt") || contains(["s3.us-east-1.amazonaws.com", "lambda.us-east-1.amazonaws.com"], try(statement.Condition.StringEquals["kms:ViaService"], "")),
        ]
      ]
    ]))
    error_message = "The plan role may decrypt secrets."
  }

  # --- The pipeline deletes no data and is not its own master

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in flatten([statement.Action]) : !contains([
            "backup:DeleteBackupVault", "backup:DeleteRecoveryPoint", "dynamodb:DeleteItem", "dynamodb:DeleteTable",
            "iam:AttachRolePolicy", "iam:CreateAccessKey", "iam:CreatePolicyVersion", "iam:CreateUser",
            "iam:DeleteRolePermissionsBoundary", "kms:DisableKey", "kms:ScheduleKeyDeletion", "lambda:DeleteFunction",
            "logs:DeleteLogGroup", "s3:DeleteBucket", "s3:DeleteObjectVersion", "sqs:DeleteQueue", "sqs:PurgeQueue",
          ], action)
        ]
      ]
    ]))
    error_message = "The pipeline may delete data, or get more rights."
  }

  # The state itself is never deleted: only the lock.
  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement :
        !contains(flatten([statement.Action]), "s3:DeleteObject") ||
        statement.Resource == "arn:aws:s3:::interactions-prod-terraform-state-123456789012/interactions/terraform.tfstate.tflock"
      ]
    ]))
    error_message = "The pipeline may delete the state."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for arn in flatten([statement.Resource]) : contains(["function", "gateway-logs", "slack", "backup"], trimprefix(arn, "arn:aws:iam::123456789012:role/interactions-prod-"))
        ] if anytrue([for action in flatten([statement.Action]) : startswith(action, "iam:") && action != "iam:CreateServiceLinkedRole"])
      ]
    ]))
    error_message = "The pipeline may change other roles than the service's."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement :
        !contains(flatten([statement.Action]), "iam:PassRole") || try(length(statement.Condition.StringEquals["iam:PassedToService"]) > 0, false)
      ]
    ]))
    error_message = "The pipeline may pass a role to any service."
  }
}

run "without_a_zone_no_record_is_written" {
  command = plan

  assert {
    condition     = alltrue([for policy in aws_iam_policy.pipeline : !strcontains(policy.policy, "route53") && !strcontains(policy.policy, "acm:")])
    error_message = "The pipeline may write to DNS, or make certificates."
  }
}

run "ids_in_the_subject_and_what_the_account_has_are_respected" {
  command = plan

  variables {
    github_repository    = "repo:octo-org@123456/interactions@456789"
    github_branch        = null
    create_oidc_provider = false
  }

  assert {
    condition = jsondecode(aws_iam_role.deploy.assume_role_policy).Statement[0].Condition == { StringEquals = {
      "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
      "token.actions.githubusercontent.com:sub" = "repo:octo-org@123456/interactions@456789:environment:prod"
    } }
    error_message = "The subject is not GitHub's with ids."
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "The provider would be made a second time."
  }
}

run "a_boundary_holds_for_all_that_the_pipeline_makes" {
  command = plan

  variables {
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.deploy.permissions_boundary == var.permissions_boundary_arn && aws_iam_role.plan.permissions_boundary == var.permissions_boundary_arn
    error_message = "The pipeline's own roles have no boundary."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(data.aws_iam_policy_document.write_roles.json).Statement :
      statement.Condition.StringEquals["iam:PermissionsBoundary"] == var.permissions_boundary_arn
      if length(setintersection(flatten([statement.Action]), ["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"])) > 0
    ])
    error_message = "The pipeline may make a role without the boundary."
  }
}

run "replicas_in_further_regions" {
  command = plan

  variables {
    replica_regions = ["us-west-2", "eu-west-1"]
  }

  # Tables, keys and what reads them, in each region and in no other.
  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for region in ["us-east-1", "us-west-2", "eu-west-1"] : contains(flatten([statement.Resource]), "arn:aws:dynamodb:${region}:123456789012:table/interactions-prod-*")
        ] if length(setintersection(flatten([statement.Action]), ["dynamodb:DescribeTable", "dynamodb:CreateTable", "dynamodb:UpdateContinuousBackups", "dynamodb:TagResource"])) > 0
      ]
    ]))
    error_message = "The pipeline may not make or read the replicas' tables."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for region in ["us-east-1", "us-west-2", "eu-west-1"] : contains(flatten([statement.Resource]), "arn:aws:kms:${region}:123456789012:key/*")
        ] if length(setintersection(flatten([statement.Action]), ["kms:DescribeKey", "kms:PutKeyPolicy", "kms:TagResource", "kms:CreateGrant"])) > 0
      ]
    ]))
    error_message = "The pipeline may not make or use the replicas' keys."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement :
        length(setintersection(["dynamodb.us-east-1.amazonaws.com", "dynamodb.us-west-2.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com"], statement.Condition.StringEquals["kms:ViaService"])) == 3
        if contains(flatten([statement.Action]), "kms:CreateGrant")
      ]
    ]))
    error_message = "DynamoDB may not use the replicas' keys in their regions."
  }

  # What AWS asks of whoever adds a replica: in the replicas' regions alone.
  assert {
    condition = toset(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in flatten([statement.Action]) : [for arn in flatten([statement.Resource]) : "${action} ${split(":", arn)[3]}"] if contains([
            "dynamodb:BatchWriteItem", "dynamodb:CreateTableReplica", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem",
            "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
          ], action)
        ]
      ]
      ])) == toset(flatten([for region in ["us-west-2", "eu-west-1"] : [for action in [
        "BatchWriteItem", "CreateTableReplica", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem",
    ] : "dynamodb:${action} ${region}"]]))
    error_message = "The pipeline may not add a replica, or may read and write the tables of the first region."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(data.aws_iam_policy_document.write_roles.json).Statement :
      contains(flatten([statement.Resource]), "arn:aws:iam::123456789012:role/aws-service-role/replication.dynamodb.amazonaws.com/*") &&
      contains(try(statement.Condition.StringEquals["iam:AWSServiceName"], []), "replication.dynamodb.amazonaws.com")
      if contains(flatten([statement.Action]), "iam:CreateServiceLinkedRole")
    ])
    error_message = "The role with which DynamoDB replicates may not be made."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for action in flatten([statement.Action]) : !contains(["dynamodb:DeleteTable", "dynamodb:DeleteTableReplica"], action)
        ]
      ]
    ]))
    error_message = "The pipeline may delete a replica."
  }

  assert {
    condition     = alltrue([for policy in aws_iam_policy.pipeline : length(replace(policy.policy, "/\\s/", "")) <= 6144])
    error_message = "A policy is too long."
  }
}

run "a_region_is_no_replica_of_itself" {
  command = plan

  variables {
    replica_regions = ["us-east-1"]
  }

  expect_failures = [var.replica_regions]
}

run "another_environment_shares_no_name" {
  command = plan

  variables {
    environment        = "staging"
    region             = "sa-east-1"
    github_environment = "staging"
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : [
          for arn in flatten([statement.Resource]) : !strcontains(arn, "prod") && !strcontains(arn, "us-east-1")
        ]
      ]
    ]))
    error_message = "A name of another deployment is in a policy."
  }

  assert {
    condition     = output.github_variables.AWS_REGION == "sa-east-1"
    error_message = "The region does not get to the workflow."
  }
}

run "a_repository_without_owner_is_refused" {
  command = plan

  variables {
    github_repository = "interactions"
  }

  expect_failures = [var.github_repository]
}

run "a_repository_with_one_id_is_refused" {
  command = plan

  variables {
    github_repository = "octo-org@123456/interactions"
  }

  expect_failures = [var.github_repository]
}

run "a_pattern_is_no_repository" {
  command = plan

  variables {
    github_repository = "octo-org/*"
  }

  expect_failures = [var.github_repository]
}

run "a_pattern_is_no_branch" {
  command = plan

  variables {
    github_branch = "release/*"
  }

  expect_failures = [var.github_branch]
}

run "an_environment_of_capitals_is_refused" {
  command = plan

  variables {
    environment = "Prod"
  }

  expect_failures = [var.environment]
}

run "a_name_is_no_account" {
  command = plan

  variables {
    allowed_account_ids = ["production"]
  }

  expect_failures = [var.allowed_account_ids]
}

run "no_account_is_no_choice" {
  command = plan

  variables {
    allowed_account_ids = []
  }

  expect_failures = [var.allowed_account_ids]
}

run "a_zone_lets_the_pipeline_write_its_records_alone" {
  command = plan

  variables {
    zone_id = "Z0123456789ABC"
  }

  assert {
    condition = toset(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement : statement.Resource
        if contains(flatten([statement.Action]), "route53:ChangeResourceRecordSets")
      ]
    ])) == toset(["arn:aws:route53:::hostedzone/Z0123456789ABC"])
    error_message = "The pipeline may not write to the zone, or may write to others."
  }

  assert {
    condition = alltrue(flatten([
      for policy in aws_iam_policy.pipeline : [
        for statement in jsondecode(policy.policy).Statement :
        try(statement.Condition.StringEquals["aws:RequestTag/Service"], statement.Condition.StringEquals["aws:ResourceTag/Service"], "") == "interactions"
        if length(setintersection(flatten([statement.Action]), ["acm:RequestCertificate", "acm:DeleteCertificate"])) > 0
      ]
    ]))
    error_message = "The pipeline may make or delete the certificates of others."
  }

  assert {
    condition     = alltrue([for policy in aws_iam_policy.pipeline : length(replace(policy.policy, "/\\s/", "")) <= 6144])
    error_message = "A policy is too long."
  }
}

run "a_domain_is_no_zone" {
  command = plan

  variables {
    zone_id = "example.com"
  }

  expect_failures = [var.zone_id]
}

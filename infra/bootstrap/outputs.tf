output "state_bucket" {
  description = "Where the state of infra/terraform is."
  value       = aws_s3_bucket.state.id
}

output "deploy_role_arn" {
  description = "What the workflow deploys as."
  value       = aws_iam_role.deploy.arn
}

output "plan_role_arn" {
  description = "What the workflow plans as, for pull requests."
  value       = aws_iam_role.plan.arn
}

output "github_variables" {
  description = "The variables that the GitHub repository needs: Settings → Secrets and variables → Actions → Variables, or `gh variable set`."
  value = {
    AWS_REGION          = var.region
    AWS_DEPLOY_ROLE_ARN = aws_iam_role.deploy.arn
    AWS_PLAN_ROLE_ARN   = aws_iam_role.plan.arn
  }
}

output "github_env_file" {
  description = "The same for `gh variable set --env-file -`."
  value       = <<-EOT
    AWS_REGION=${var.region}
    AWS_DEPLOY_ROLE_ARN=${aws_iam_role.deploy.arn}
    AWS_PLAN_ROLE_ARN=${aws_iam_role.plan.arn}
  EOT
}

# Every variable has a default: `terraform apply` works as it stands. What costs money or depends on the account is off.

# --- What is deployed

variable "environment" {
  description = "Which deployment this is: all names end or begin with it, and the API's stage is called so."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{0,15}$", var.environment))
    error_message = "environment must be a small letter and up to 15 small letters or digits more, as prod."
  }
}

variable "region" {
  description = "The AWS region of everything."
  type        = string
  default     = "us-east-1"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be a region's name, as us-east-1."
  }
}

variable "package" {
  description = "The function's zip, which `make package` builds."
  type        = string
  default     = "../../dist/lambda.zip"
  nullable    = false

  validation {
    condition     = fileexists(var.package)
    error_message = "package: there is no ${var.package}. Run `make package` in the repository's root first."
  }
}

variable "architecture" {
  description = "What the package was built for: make package ARCH=…"
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

# --- What is live

variable "canary_weight" {
  description = "The share of requests that a new version gets as soon as it is applied; `manage.py release` changes it afterwards. 0 publishes without traffic."
  type        = number
  default     = 0.1
  nullable    = false

  validation {
    condition     = var.canary_weight >= 0 && var.canary_weight <= 1
    error_message = "canary_weight must lie between 0 and 1, as 0.1."
  }
}

variable "stable_version" {
  description = "The version that gets all other requests; null is what the release parameter says, which `manage.py release` writes."
  type        = string
  default     = null

  validation {
    condition     = var.stable_version == null || can(regex("^[1-9][0-9]*$", var.stable_version))
    error_message = "stable_version must be the number of a published version, as \"7\", or null for what is live."
  }
}

variable "active_table_prefix" {
  description = "What the names of the tables in use begin with; null is what the parameter live/table-prefix says, which `manage.py restore` writes. Terraform's own tables keep their names."
  type        = string
  default     = null

  validation {
    condition     = var.active_table_prefix == null || can(regex("^[A-Za-z0-9_.-]{3,200}$", var.active_table_prefix))
    error_message = "active_table_prefix must be 3 to 200 letters, digits, dots, dashes or underscores, or null for what is live."
  }
}

# --- The service's own settings

variable "cors_allowed_origins" {
  description = "Origins of frontends, the first of which may read the gateway's own errors too. Writes with a session are accepted from them."
  type        = list(string)
  default     = ["https://app.example.com"]
  nullable    = false

  validation {
    condition = length(var.cors_allowed_origins) > 0 && alltrue([
      for origin in var.cors_allowed_origins : can(regex("^https://[a-z0-9.-]+(:[0-9]+)?$", origin))
    ])
    error_message = "cors_allowed_origins must list at least one origin as https://app.example.com: https, no path, no slash at the end, never *."
  }
}

variable "cookie_samesite" {
  description = "Of the session's cookie: None for a frontend on another site than the API, which the gateway's own address always is; Lax for one on the same site."
  type        = string
  default     = "None"
  nullable    = false

  validation {
    condition     = contains(["None", "Lax", "Strict"], var.cookie_samesite)
    error_message = "cookie_samesite must be None, Lax or Strict."
  }
}

variable "content_retention_days" {
  description = "Days after which prompts and responses go; null keeps them as long as the record."
  type        = number
  default     = null

  validation {
    condition     = var.content_retention_days == null || try(var.content_retention_days >= 1 && floor(var.content_retention_days) == var.content_retention_days, false)
    error_message = "content_retention_days must be whole days, at least 1, or null."
  }
}

variable "record_retention_days" {
  description = "Days after which interactions go altogether; null keeps them for ever."
  type        = number
  default     = null

  validation {
    condition     = var.record_retention_days == null || try(var.record_retention_days >= 1 && floor(var.record_retention_days) == var.record_retention_days, false)
    error_message = "record_retention_days must be whole days, at least 1, or null."
  }
}

variable "rate_limit_user" {
  description = "Requests that a user's credentials may make together, as 600/minute; null sets no limit."
  type        = string
  default     = "600/minute"

  validation {
    condition     = var.rate_limit_user == null || can(regex("^[1-9][0-9]{0,8}/(second|minute|hour|day)$", var.rate_limit_user))
    error_message = "rate_limit_user must be a number a second, minute, hour or day, as 600/minute, or null."
  }
}

variable "rate_limit_key" {
  description = "Requests that one API key may make, in the same form; null sets no limit."
  type        = string
  default     = null

  validation {
    condition     = var.rate_limit_key == null || can(regex("^[1-9][0-9]{0,8}/(second|minute|hour|day)$", var.rate_limit_key))
    error_message = "rate_limit_key must be a number a second, minute, hour or day, as 600/minute, or null."
  }
}

variable "redaction" {
  description = "What is done about personal data in texts, before they are logged, stored or sent to a model: cpf, cnpj, phone, email, card, ip or all, and off, mask or refuse, as cpf=mask,email=refuse. Nothing by default."
  type        = string
  default     = ""
  nullable    = false

  validation {
    condition = alltrue([
      for word in split(",", var.redaction) : can(regex("^\\s*((cpf|cnpj|phone|email|card|ip|all)\\s*=\\s*(off|mask|refuse)\\s*)?$", word))
    ])
    error_message = "redaction must be kinds (cpf, cnpj, phone, email, card, ip or all) with off, mask or refuse, by commas, as cpf=mask,email=refuse."
  }
}

variable "secrets_generation" {
  description = "Raise it after a secret was changed: that publishes a version, whose processes read what is there now."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.secrets_generation >= 1 && floor(var.secrets_generation) == var.secrets_generation
    error_message = "secrets_generation must be a whole number, 1 more than before."
  }
}

# --- Asking models

variable "model_providers" {
  description = "Who answers what is asked, in order of preference. kind: openai (any endpoint that speaks OpenAI's chat completions, at base_url), bedrock (needs bedrock_model_arns; region, where it is another than the deployment's) or echo, which asks nobody. model is asked where the caller names none; models are the others that may be named, any where it is left out. key is one of provider_secrets: openai-api-key for OpenAI itself. seconds is how long one call may take. docs/providers.md has the other options and an example of each provider. [] asks nobody."
  type = list(object({
    kind              = string
    model             = string
    name              = optional(string)
    models            = optional(list(string))
    base_url          = optional(string)
    key               = optional(string)
    region            = optional(string)
    seconds           = optional(number)
    prices            = optional(string)
    max_output_tokens = optional(number)
    limit_field       = optional(string)
    query             = optional(map(string))
    headers           = optional(map(string))
    send_stream       = optional(bool)
  }))
  default  = [{ kind = "openai", model = "gpt-4.1-mini" }]
  nullable = false

  validation {
    condition     = length(var.model_providers) <= 8 && alltrue([for each in var.model_providers : contains(["echo", "openai", "bedrock"], each.kind)])
    error_message = "model_providers must be 8 at most, each of the kind echo, openai or bedrock."
  }
  validation {
    condition = alltrue([for each in var.model_providers : alltrue([
      for model in concat([each.model], each.models == null ? [] : each.models) : try(length(model) >= 1 && length(model) <= 128, false)
    ]) && try(length(each.models) <= 100, true)])
    error_message = "model_providers: model and each of models, 100 at most, must be names of 1 to 128 characters."
  }
  validation {
    condition = alltrue([for each in var.model_providers : each.name == null || can(regex("^[a-z][a-z0-9-]{0,63}$", each.name))]) && (
      length(distinct([for each in var.model_providers : each.name == null ? each.kind : each.name])) == length(var.model_providers)
    )
    error_message = "model_providers: name must be small letters, digits and dashes, and each provider's own; without one it is the kind."
  }
  validation {
    condition = alltrue([
      for each in var.model_providers : each.base_url == null || can(regex("^https?://[A-Za-z0-9.-]+(:[1-9][0-9]{0,4})?(/[!\"$->@-~]*)?$", each.base_url)) && try(length(each.base_url) <= 500, false)
    ])
    error_message = "model_providers: base_url must be the URL that /chat/completions is added to, as https://api.openai.com/v1."
  }
  validation {
    condition = alltrue([
      for each in var.model_providers : (
        each.kind == "openai" || alltrue([for option in [each.base_url, each.key, each.limit_field, each.query, each.headers, each.send_stream] : option == null])
      ) && (each.kind == "bedrock" || each.region == null)
    ])
    error_message = "model_providers: base_url, key, limit_field, query, headers and send_stream are for the kind openai alone, region for bedrock alone."
  }
  validation {
    condition = alltrue([
      for each in var.model_providers : contains(var.provider_secrets, each.key == null ? "openai-api-key" : each.key)
      if each.kind == "openai" && (each.key != null || try(trim(each.base_url, "/") == "https://api.openai.com/v1", true))
    ])
    error_message = "model_providers: key must be one of provider_secrets, as openai-api-key, which OpenAI itself has where none is named."
  }
  validation {
    condition     = alltrue([for each in var.model_providers : each.kind != "bedrock" || length(var.bedrock_model_arns) > 0])
    error_message = "model_providers: bedrock needs bedrock_model_arns, which let the function ask its models."
  }
  validation {
    condition     = alltrue([for each in var.model_providers : each.region == null || can(regex("^[a-z0-9-]{1,32}$", each.region))])
    error_message = "model_providers: region must be a region's name, as us-east-1."
  }
  validation {
    condition     = alltrue([for each in var.model_providers : each.seconds == null || try(each.seconds >= 1 && each.seconds <= 300 && floor(each.seconds) == each.seconds, false)])
    error_message = "model_providers: seconds must be a whole number from 1 to 300."
  }
  validation {
    condition     = alltrue([for each in var.model_providers : each.max_output_tokens == null || try(each.max_output_tokens >= 1 && each.max_output_tokens <= 10000000 && floor(each.max_output_tokens) == each.max_output_tokens, false)])
    error_message = "model_providers: max_output_tokens must be a whole number from 1 to 10,000,000."
  }
  validation {
    condition     = alltrue([for each in var.model_providers : each.prices == null || can(regex("^[a-z][a-z0-9-]{0,63}$", each.prices))])
    error_message = "model_providers: prices must be a provider's name in the price table: small letters, digits and dashes."
  }
  validation {
    condition     = alltrue([for each in var.model_providers : each.limit_field == null || try(contains(["max_tokens", "max_completion_tokens", "none"], each.limit_field), false)])
    error_message = "model_providers: limit_field must be max_tokens, max_completion_tokens or none."
  }
  validation {
    condition = alltrue([for each in var.model_providers : try(length(each.query) <= 8, true) && alltrue([
      for name, value in each.query == null ? {} : each.query :
      can(regex("^[A-Za-z0-9._~$-]{1,64}$", name)) && can(regex("^[ -~]{1,500}$", value)) && !can(regex("(?i)(authorization|cookie|key|password|secret|token)$|[{]key[}]", "${value} ${name}"))
    ])])
    error_message = "model_providers: query must have 8 members at most, names and values of ASCII, and no secret: a secret belongs into a header."
  }
  validation {
    condition = alltrue([for each in var.model_providers : try(length(each.headers) <= 8, true) && alltrue([
      for name, value in each.headers == null ? {} : each.headers :
      can(regex("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$", name)) && can(regex("^[!-~]([ -~]{0,498}[!-~])?$", value)) && !contains([
        "accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect",
        "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
      ], lower(name))
    ]) && try(length(distinct([for name, value in each.headers : lower(name)])) == length(each.headers), true)])
    error_message = "model_providers: headers must have 8 members at most, of ASCII, and none that the service sets."
  }
  validation {
    condition = alltrue([for each in var.model_providers : alltrue([
      for name, value in each.headers == null ? {} : each.headers :
      can(regex("[{]key[}]", value)) ? each.key != null || try(trim(each.base_url, "/") == "https://api.openai.com/v1", true) : !can(regex("(?i)(authorization|cookie|key|password|secret|token)$", name))
    ])])
    error_message = "model_providers: a header with a secret must have {key} in the secret's place, and key must name the secret."
  }
  validation {
    condition     = length(jsonencode(var.model_providers)) <= 3000
    error_message = "model_providers must be 3,000 characters of JSON at most: Lambda takes 4 KB of all its variables together."
  }
}

variable "max_output_tokens" {
  description = "Tokens that an answer may have: the most a caller may ask for, and what one gets who asks for nothing; null is the service's own, 4096."
  type        = number
  default     = null

  validation {
    condition     = var.max_output_tokens == null || try(var.max_output_tokens >= 1 && var.max_output_tokens <= 200000 && floor(var.max_output_tokens) == var.max_output_tokens, false)
    error_message = "max_output_tokens must be a whole number from 1 to 200000, or null."
  }
}

variable "context_tokens" {
  description = "Tokens of a conversation's earlier turns that go along with a question, as they are estimated; null is the service's own, 8000."
  type        = number
  default     = null

  validation {
    condition     = var.context_tokens == null || try(var.context_tokens >= 0 && var.context_tokens <= 1000000 && floor(var.context_tokens) == var.context_tokens, false)
    error_message = "context_tokens must be a whole number from 0 to 1000000, or null."
  }
}

variable "spending_limit_user" {
  description = "What a user may spend on models in a UTC day, in USD as 2.50; null sets no limit. A model without a price is not asked then."
  type        = string
  default     = null

  validation {
    condition     = var.spending_limit_user == null || can(regex("^(0|[1-9][0-9]{0,5})(\\.[0-9]{1,9})?$", var.spending_limit_user)) && try(tonumber(var.spending_limit_user) > 0, false)
    error_message = "spending_limit_user must be USD over 0 and under 1,000,000, as \"2.50\", or null."
  }
}

variable "answer_cache_minutes" {
  description = "Minutes for which the same question of a user, outside a conversation, gets the same answer without a call; null always calls."
  type        = number
  default     = null

  validation {
    condition     = var.answer_cache_minutes == null || try(var.answer_cache_minutes >= 1 && var.answer_cache_minutes <= 1440 && floor(var.answer_cache_minutes) == var.answer_cache_minutes, false)
    error_message = "answer_cache_minutes must be whole minutes from 1 to 1440, or null."
  }
}

variable "breaker_failures" {
  description = "Failures in a row after which a provider is left alone; null is the service's own, 5."
  type        = number
  default     = null

  validation {
    condition     = var.breaker_failures == null || try(var.breaker_failures >= 1 && var.breaker_failures <= 1000 && floor(var.breaker_failures) == var.breaker_failures, false)
    error_message = "breaker_failures must be a whole number from 1 to 1000, or null."
  }
}

variable "breaker_seconds" {
  description = "Seconds for which it is left alone, before one call tries whether it works again; null is the service's own, 30."
  type        = number
  default     = null

  validation {
    condition     = var.breaker_seconds == null || try(var.breaker_seconds >= 1 && var.breaker_seconds <= 3600 && floor(var.breaker_seconds) == var.breaker_seconds, false)
    error_message = "breaker_seconds must be a whole number from 1 to 3600, or null."
  }
}

variable "provider_secrets" {
  description = "Names of further SecureStrings under /interactions/<environment>/ for model providers' keys. Each is made with the value `unset`; put the real one there with aws ssm put-parameter --overwrite."
  type        = set(string)
  default     = ["openai-api-key"]
  nullable    = false

  validation {
    condition     = alltrue([for name in var.provider_secrets : can(regex("^[a-z][a-z0-9-]{1,60}$", name)) && !startswith(name, "django-")])
    error_message = "provider_secrets must be names of small letters, digits and dashes, as openai-api-key, and not begin with django-."
  }
}

variable "bedrock_model_arns" {
  description = "Models and inference profiles of Amazon Bedrock that the function may invoke."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition = alltrue([
      for arn in var.bedrock_model_arns : can(regex("^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]*:(foundation-model|inference-profile|application-inference-profile|provisioned-model)/[^*]+$", arn))
    ])
    error_message = "bedrock_model_arns must be whole ARNs of models or inference profiles, without *."
  }
}

# --- Capacity

variable "reserved_concurrency" {
  description = "How many requests may run at a time. Less is taken where the account's quota allows less: 100 always stay unreserved."
  type        = number
  default     = 1000
  nullable    = false

  validation {
    condition     = var.reserved_concurrency >= 1 && var.reserved_concurrency <= 1000 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be a whole number from 1 to 1000."
  }
}

variable "provisioned_concurrency" {
  description = "Environments of the alias kept warm: 8.76 USD a month for each GB. 0 is none; excludes snap_start, and a canary has to be ended first."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.provisioned_concurrency >= 0 && floor(var.provisioned_concurrency) == var.provisioned_concurrency
    error_message = "provisioned_concurrency must be a whole number, 0 for none."
  }
}

variable "snap_start" {
  description = "Restore environments from a snapshot taken when a version is published: costs caching and restores, starts faster."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !(var.snap_start && var.provisioned_concurrency > 0)
    error_message = "snap_start excludes provisioned_concurrency: set that to 0."
  }
}

variable "table_max_throughput" {
  description = "Maximum read and write request units per second of each table and each index: caps the bill, and throttles requests beyond it. null keeps AWS's own maximum, 40,000 of each."
  type        = object({ read = number, write = number })
  default     = null

  validation {
    condition     = var.table_max_throughput == null || try(alltrue([for units in values(var.table_max_throughput) : units >= 1 && floor(units) == units]), false)
    error_message = "table_max_throughput: read and write must be whole numbers of 1 at least, or all of it null."
  }
}

variable "throttle" {
  description = "Requests a second that the stage lets through, and the burst. An account's own default is 10,000 a second with a burst of 5,000, which caps these."
  type        = object({ rate = number, burst = number })
  default     = { rate = 5000, burst = 10000 }
  nullable    = false

  validation {
    condition     = var.throttle.rate >= 1 && var.throttle.burst >= 1
    error_message = "throttle: rate and burst must be at least 1."
  }
}

variable "gateway_keys" {
  description = "Require a key of the gateway (x-api-key), beside the service's own credential, on POST /v1/chat and POST /v1/interactions. While this is false, usage_plan has no effect. Only servers can send the key: the service's CORS rules do not allow the header. The smoke test has no key either; see docs/runbook.md."
  type        = bool
  default     = false
  nullable    = false
}

variable "usage_plan" {
  description = "With gateway_keys: requests per second, burst and requests per day of a client with a key of the gateway. Keys are made and given outside (docs/runbook.md), so that no state holds them; they identify clients and authenticate nobody."
  type        = object({ rate = number, burst = number, per_day = number })
  default     = { rate = 100, burst = 200, per_day = 1000000 }
  nullable    = false

  validation {
    condition     = var.usage_plan.rate >= 1 && var.usage_plan.burst >= 1 && var.usage_plan.per_day >= 1
    error_message = "usage_plan: rate, burst and per_day must be at least 1."
  }
}

variable "api_cache_gb" {
  description = "Cache of the gateway, for GET /v1/schema alone, as 0.5 (14.60 USD a month); null is none. A cached answer to anything else could be another user's."
  type        = string
  default     = null

  validation {
    condition     = var.api_cache_gb == null || contains(["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"], coalesce(var.api_cache_gb, "none"))
    error_message = "api_cache_gb must be 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237, as a string, or null."
  }
}

# --- Protection

variable "waf_requests_per_5_minutes" {
  description = "Requests from one address in five minutes, beyond which WAF blocks it."
  type        = number
  default     = 3000
  nullable    = false

  validation {
    condition     = var.waf_requests_per_5_minutes >= 10 && var.waf_requests_per_5_minutes <= 2000000000
    error_message = "waf_requests_per_5_minutes must lie between 10 and 2,000,000,000."
  }
}

variable "waf_body_kb" {
  description = "How much of a body WAF looks at; more than 16 is billed."
  type        = number
  default     = 16
  nullable    = false

  validation {
    condition     = contains([16, 32, 48, 64], var.waf_body_kb)
    error_message = "waf_body_kb must be 16, 32, 48 or 64."
  }
}

variable "waf_bot_control" {
  description = "AWS's Bot Control: 10 USD a month and 1 USD a million requests."
  type        = bool
  default     = false
  nullable    = false
}

variable "separate_logs_key" {
  description = "A customer key of their own for logs: 1 USD a month more."
  type        = bool
  default     = false
  nullable    = false
}

variable "key_deletion_days" {
  description = "Days for which a customer key that is to be deleted can still be kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 14 && var.key_deletion_days <= 30
    error_message = "key_deletion_days must lie between 14 and 30."
  }
}

variable "code_signing_config_arn" {
  description = "A Lambda code signing configuration, where packages are signed; null is none."
  type        = string
  default     = null

  validation {
    condition     = var.code_signing_config_arn == null || can(regex("^arn:aws[a-z-]*:lambda:", var.code_signing_config_arn))
    error_message = "code_signing_config_arn must be the ARN of a Lambda code signing configuration, or null."
  }
}

variable "permissions_boundary_arn" {
  description = "A permissions boundary for the roles; null is none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::.*:policy/", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, or null."
  }
}

variable "deletion_protection" {
  description = "Refuses to delete the tables. Turn it off in an apply of its own before a deployment is destroyed; see docs/runbook.md."
  type        = bool
  default     = true
  nullable    = false
}

# --- Names

variable "domain_name" {
  description = "The API's own domain, as api.example.com; null serves at the gateway's address. Without zone_id its DNS record is yours to make, to the output domain_target."
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null || can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.domain_name))
    error_message = "domain_name must be a host name, as api.example.com, or null."
  }
}

variable "certificate_arn" {
  description = "An ACM certificate in the same region for domain_name; null makes one where zone_id is given."
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null ? var.certificate_arn == null : var.certificate_arn != null || var.zone_id != null
    error_message = "certificate_arn: a domain_name needs it, or a zone_id that it can be made with; without a domain_name it has no use."
  }
}

variable "zone_id" {
  description = "The public hosted zone of Route 53 that domain_name lies in: its record is made there, and without certificate_arn a certificate too. Give infra/bootstrap the same. null leaves DNS to you."
  type        = string
  default     = null

  validation {
    condition     = var.zone_id == null || can(regex("^Z[0-9A-Z]{1,31}$", var.zone_id))
    error_message = "zone_id must be the id of a hosted zone, as Z0123456789ABC, or null."
  }
  validation {
    condition     = var.zone_id == null || var.domain_name != null
    error_message = "zone_id needs domain_name: the name of the record."
  }
}

# --- Accounts

variable "allowed_account_ids" {
  description = "The ids of AWS accounts that may be planned and applied. Credentials of another account fail. null allows any."
  type        = set(string)
  default     = null

  validation {
    condition     = var.allowed_account_ids == null || try(length(var.allowed_account_ids) > 0 && alltrue([for id in var.allowed_account_ids : can(regex("^[0-9]{12}$", id))]), false)
    error_message = "allowed_account_ids must be account ids of 12 digits, at least one, or null."
  }
}

variable "manage_api_gateway_account" {
  description = "Set the role with which API Gateway writes logs, of which an account has one per region; false where something else sets it, as a second environment in the account. Other APIs of the region log through it too, so it is kept when this deployment ends."
  type        = bool
  default     = true
  nullable    = false
}

# --- Backups and further regions

variable "backup_plan" {
  description = "Daily backups by AWS Backup beside point-in-time recovery: 0.10 USD per GB and month."
  type        = bool
  default     = false
  nullable    = false
}

variable "backup_retention_days" {
  description = "Days for which backups hold what was erased: point-in-time recovery goes back so far, AWS Backup keeps its own as long. Erasure receipts say it."
  type        = number
  default     = 35
  nullable    = false

  validation {
    condition     = var.backup_retention_days >= 1 && var.backup_retention_days <= 35 && floor(var.backup_retention_days) == var.backup_retention_days
    error_message = "backup_retention_days must be a whole number from 1 to 35."
  }
}

variable "replica_regions" {
  description = "Regions with a replica of every table, each with a customer key of its own. Prepared, not active: see docs/adr/ on several regions first, and give infra/bootstrap the same."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.replica_regions : can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", name)) && name != var.region])
    error_message = "replica_regions must be other regions than the deployment's own."
  }
}

# --- Watching

variable "log_retention_days" {
  description = "Days for which all logs are kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of CloudWatch's: 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "api_method_metrics" {
  description = "Metrics for each method of the gateway: five custom metrics a method."
  type        = bool
  default     = false
  nullable    = false
}

variable "xray_sampling" {
  description = "Traces: how many a second, and which share of the other requests."
  type        = object({ per_second = number, share = number })
  default     = { per_second = 1, share = 0.05 }
  nullable    = false

  validation {
    condition     = var.xray_sampling.per_second >= 0 && var.xray_sampling.share >= 0 && var.xray_sampling.share <= 1
    error_message = "xray_sampling: per_second must be 0 or more, share between 0 and 1."
  }
}

variable "alert_emails" {
  description = "Who gets alarms by e-mail. Each address has to confirm the first message."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alert_emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", address))])
    error_message = "alert_emails must be e-mail addresses."
  }
}

variable "slack" {
  description = "The Slack channel that gets alarms, once the workspace was authorised in the console of Amazon Q Developer in chat applications; null is none."
  type        = object({ workspace_id = string, channel_id = string })
  default     = null

  validation {
    condition     = var.slack == null || (can(regex("^[0-9A-Z]{1,255}$", var.slack.workspace_id)) && can(regex("^[0-9A-Z]{1,255}$", var.slack.channel_id)))
    error_message = "slack: workspace_id and channel_id must be Slack's ids, as T0123ABCD and C0123ABCD."
  }
}

variable "budget_by_tag" {
  description = "Count only resources with the tag Service=interactions in the budget, instead of the whole account. Activate Service as a cost allocation tag first (in Billing, in the organisation's payer account): before that the budget counts nothing."
  type        = bool
  default     = false
  nullable    = false
}

variable "monthly_budget_usd" {
  description = "What the account, or with budget_by_tag this service, may cost in a month: 80 % spent, or more than all of it forecast, is told to the topic."
  type        = number
  default     = 55
  nullable    = false

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "monthly_budget_usd must be above 0."
  }
}

"""The code as a whole, where its state is, and the pipeline: 68 to 72."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.check.controls import control
from infra.check.hcl import Block, Module
from infra.check.pipeline import Job, Workflow
from infra.check.plan import Plan
from infra.check.policies import policy_of
from infra.check.subject import Subject

# Which file holds what; types that begin so, but for the exceptions below.
PLACES = {
    "aws_lambda_": "main.tf",
    "aws_api_gateway_": "main.tf",
    "aws_dynamodb_": "main.tf",
    "aws_cloudwatch_event_": "main.tf",
    "aws_cloudwatch_metric_alarm": "monitoring.tf",
    "aws_cloudwatch_dashboard": "monitoring.tf",
    "aws_cloudwatch_log_": "monitoring.tf",
    "aws_sns_": "monitoring.tf",
    "aws_budgets_": "monitoring.tf",
    "aws_kms_": "security.tf",
    "aws_ssm_": "security.tf",
    "aws_wafv2_": "security.tf",
}
ELSEWHERE = {"aws_api_gateway_account": "security.tf"}
FILES = {"main.tf", "monitoring.tf", "security.tf", "variables.tf", "outputs.tf", "versions.tf"}
KEY_OR_ACCOUNT = re.compile(r"AKIA[0-9A-Z]{16}|\b(?:access_key|secret_key)\s*=|(?<![\d.])\d{12}(?![\d.])")
BACKEND = re.compile(r'backend "s3" \{(.*?)\n\s*\}', re.DOTALL)


@control(68, "each file holds what its name says")
def files(subject: Subject) -> Iterator[str]:
    there = {file.file for file in subject.code.files}
    yield from (f"infra/terraform has no {name}" for name in sorted(FILES - there))
    for block in subject.code.blocks("resource"):
        place = ELSEWHERE.get(block.labels[0]) or next(
            (file for prefix, file in PLACES.items() if block.labels[0].startswith(prefix)), block.file
        )
        if block.file != place:
            yield f"{block}: it is in {block.file}, not in {place}"
    for kind, file in (("variable", "variables.tf"), ("output", "outputs.tf"), ("provider", "versions.tf")):
        yield from (f"{block}: it is in {block.file}" for block in subject.code.blocks(kind) if block.file != file)


@control(69, "the state is encrypted, locked, kept in its versions, and private")
def state(subject: Subject) -> Iterator[str]:
    backends = BACKEND.findall(subject.bootstrap_code.text + subject.code.text)
    if not backends:
        yield 'infra/bootstrap writes no backend "s3"'
    for backend in backends:
        for name in ("encrypt", "use_lockfile"):
            if not re.search(rf"\n\s*{name}\s*=\s*true\b", backend):
                yield f'backend "s3": {name} is not true'
    plan = subject.bootstrap
    yield from plan.one("aws_s3_bucket_versioning").unless("versioning_configuration.status", "Enabled")
    for name in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
        yield from plan.one("aws_s3_bucket_public_access_block").unless(name, True)
    yield from plan.one("aws_s3_bucket_server_side_encryption_configuration").unless(
        "rule.apply_server_side_encryption_by_default.sse_algorithm", "aws:kms"
    )
    yield from _unless_tls_only(plan)


def _unless_tls_only(plan: Plan) -> Iterator[str]:
    policy = plan.one("aws_s3_bucket_policy")
    for statement in policy_of(plan, policy):
        over_http = statement.condition("Bool", "aws:SecureTransport") == ("false",)
        everybody = any(name == "*" for _, name in statement.principals)
        if statement.effect == "Deny" and over_http and everybody and "s3:*" in statement.actions:
            return
    yield f"{policy}: it does not refuse requests without TLS"


@control(
    70, "the code says which Terraform and provider it takes, describes and checks its variables, and holds no key"
)
def code(subject: Subject) -> Iterator[str]:
    for module in (subject.code, subject.bootstrap_code):
        for settings in module.blocks("terraform"):
            if (required := settings.attribute("required_version")) or settings.blocks("required_providers"):
                yield from _unless_bounded("required_version", required)
            for providers in settings.blocks("required_providers"):
                for name, text in providers.attributes.items():
                    yield from _unless_bounded(f"the provider {name}", text.partition("version")[2])
        # What infra/bootstrap writes names the state's bucket, whose name has the account's number in it.
        for file in (each for each in module.files if each.file != "backend.tf"):
            for found in KEY_OR_ACCOUNT.findall(file.text):
                yield f"{file.file} has what looks like a key or an account's number: {found[:8]}…"
        yield from _unless_said(module)
    for provider in subject.code.blocks("provider", "aws"):
        if not any(block.attribute("tags") for block in provider.blocks("default_tags")):
            yield f"{provider}: it has no default_tags"
    if not subject.code.blocks("output"):
        yield "infra/terraform has no outputs"


def _unless_bounded(what: str, constraint: str) -> Iterator[str]:
    if not re.search(r"~>|<", constraint):
        yield f"{what} is not bounded: {constraint.strip() or 'anything'}"


def _unless_said(module: Module) -> Iterator[str]:
    for block in [*module.blocks("variable"), *module.blocks("output")]:
        if not block.attribute("description"):
            yield f"{block}: it has no description"
    for block in module.blocks("variable"):
        if not block.attribute("type"):
            yield f"{block}: it has no type"
        if block.attribute("type") != "bool" and not _validated(block):
            yield f"{block}: it has no validation"


def _validated(variable: Block) -> bool:
    return any(
        block.attribute("condition") and block.attribute("error_message") for block in variable.blocks("validation")
    )


@control(71, "the workflow has no key and no more rights than each job needs, and deployments wait for each other")
def rights(subject: Subject) -> Iterator[str]:
    workflow = Workflow.read(subject.source)
    if workflow.permissions != {"contents": "read"}:
        yield f"{workflow}: its permissions are {workflow.permissions}, not contents: read alone"
    if not workflow.concurrency or workflow.concurrency.get("cancel-in-progress", False) is not False:
        yield f"{workflow}: its concurrency is absent, or cancels"
    deploying = workflow.deploying()
    for job in workflow.jobs:
        # A job that comments has neither the code of a pull request nor a token for a role.
        comments = "id-token" not in job.permissions and not any("actions/checkout@" in each for each in job.actions())
        spared = {"id-token", "pull-requests"} if comments else {"id-token"}
        if "write" in {value for name, value in job.permissions.items() if name not in spared}:
            yield f"{job}: it may write {job.permissions}"
        if job.permissions.get("id-token") == "write" and not any("role-to-assume" in each for each in job.inputs()):
            yield f"{job}: it may have a token, and takes no role with it"
        for action in job.actions():
            if not re.fullmatch(r"[^@]+@[0-9a-f]{40}", action) and not action.startswith("./"):
                yield f"{job}: {action} is not pinned by its commit"
    if deploying.permissions.get("id-token") != "write":
        yield f"{deploying}: it may not have a token"
    if not deploying.environment:
        yield f"{deploying}: it has no environment"
    if re.search(r"aws-secret-access-key|AWS_SECRET_ACCESS_KEY", workflow.text):
        yield f"{workflow}: it has keys of AWS"


@control(72, "tests, then the package, then its plan, then that plan applied, then smoke; failures roll back")
def order(subject: Subject) -> Iterator[str]:
    workflow = Workflow.read(subject.source)
    deploying = workflow.deploying()
    yield from _unless_tested(workflow, deploying)
    steps = {
        "terraform plan -out": r"terraform plan\b[^\n]*-out[= ](\S+)",
        "terraform apply of that plan": r"terraform apply\b[^\n]*?(\S+)\s*(?:\n|$)",
        "smoke": r"\bsmoke\b",
    }
    found = {name: deploying.first(pattern) for name, pattern in steps.items()}
    yield from (f"{deploying}: it has no step for {name}" for name, match in found.items() if match is None)
    places = [match[0] for match in found.values() if match]
    if places != sorted(places):
        yield f"{deploying}: its steps come in another order than {', '.join(steps)}"
    planned, applied = found["terraform plan -out"], found["terraform apply of that plan"]
    if planned and applied and planned[1] != applied[1]:
        yield f"{deploying}: it applies {applied[1]}, not the plan {planned[1]}"
    if not any("failure()" in condition and "rollback" in run for condition, run in deploying.conditional()):
        yield f"{deploying}: no step rolls back on failure()"
    for job in workflow.jobs:
        if any("${{ github.event." in run or "${{github.event." in run for run in job.runs()):
            yield f"{job}: a run has ${{{{ github.event.* }}}} in it, which somebody else may have written"


def _unless_tested(workflow: Workflow, deploying: Job) -> Iterator[str]:
    before = workflow.before(deploying)
    if not any(job.first(r"make test|\.ci/run|pytest") for job in before):
        yield f"{deploying}: no job before it tests"
    if not any(job.first(r"make package|dist/lambda\.zip") for job in before):
        yield f"{deploying}: no job before it builds the package"

"""A deployment in moto as Terraform leaves it: the function with its versions, its alias, parameters and alarms.

What the commands ask of AWS is counted where it leaves botocore, and what somebody else does meanwhile, or AWS
refuses, is told to `before`.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, NamedTuple
from uuid import uuid4

from botocore.hooks import HierarchicalEmitter
from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from interactions.management.production.deployment import ALIAS, Deployment
from interactions.management.production.release.watching import WATCHED
from tests.operations.moto_state import Clients, Kept

DEPLOYMENT = Deployment("prod", "us-east-1")
SECRET = "marker-environment-5d1c"
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "project.settings.production",
    "TABLE_PREFIX": DEPLOYMENT.table_prefix,
    "SSM_PREFIX": "/interactions/prod",
    "ALLOWED_HOSTS": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com,api.example",
    "BACKUP_RETENTION_DAYS": "35",
    "MARKER": SECRET,
}
OK = {"statusCode": 200, "multiValueHeaders": {}, "isBase64Encoded": False, "body": "{}"}

# The commands', in the place of boto3's default session, and the tests' own, whose calls are not recorded.
COMMANDS, OWN = Clients(), Clients()
MADE = Kept(lambda_simple_backends, cloudwatch_backends)

# What an action before a call may return, in the place of AWS's own answer.
Answer = tuple[Any, dict[str, Any]] | None


class Call(NamedTuple):
    """A request as it went out, attempts after the first included."""

    operation: str
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.body)
        return document


class Deployed:
    """Versions 1 to 3 are published and version 2 is live. `events` belong to the commands' clients."""

    def __init__(self) -> None:
        self.deployment = DEPLOYMENT
        self.calls: list[Call] = []
        self._actions: dict[str, Callable[[int], Answer]] = {}
        self._times: dict[str, int] = {}
        # Answers an invocation by its version and payload, once there is a function that serves.
        self.invoke: Callable[[str, bytes], Answer] | None = None
        self.events = COMMANDS.listener = HierarchicalEmitter()
        OWN.listener = HierarchicalEmitter()
        for events in (OWN.listener, self.events):
            events.register("after-call.lambda.UpdateAlias", self._renew_revision)
        self.lambda_, self.ssm, self.cloudwatch = map(self.client, ("lambda", "ssm", "cloudwatch"))
        MADE.restore(self._make)
        self.set_release(2, None, 0)
        self.put(DEPLOYMENT.tables_parameter, DEPLOYMENT.table_prefix)
        self.events.register("before-send", self._record)
        self.events.register("before-call", self._act)

    def client(self, service: str) -> Any:
        """One whose calls are nobody's but the test's."""
        return OWN.client(service)

    # What is there

    def publish(self, description: str = "", **environment: str) -> int:
        """A new version of the function, as Terraform publishes one; its variables may differ."""
        name = DEPLOYMENT.name
        self.lambda_.update_function_code(FunctionName=name, ZipFile=_package())
        self.lambda_.update_function_configuration(
            FunctionName=name, Environment={"Variables": ENVIRONMENT | environment}
        )
        return int(self.lambda_.publish_version(FunctionName=name, Description=description)["Version"])

    def environment(self, version: int) -> dict[str, str]:
        found = self.lambda_.get_function_configuration(FunctionName=DEPLOYMENT.name, Qualifier=str(version))
        variables: dict[str, str] = found["Environment"]["Variables"]
        return variables

    @property
    def alias(self) -> tuple[int, dict[int, float]]:
        """The version that is live, and the weights of others."""
        found = self.lambda_.get_alias(FunctionName=DEPLOYMENT.name, Name=ALIAS)
        weights = (found.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        return int(found["FunctionVersion"]), {int(version): weight for version, weight in weights.items()}

    def point(self, stable: int, weights: Mapping[int, float] | None = None) -> None:
        """Change the alias as somebody else would."""
        others = {str(version): weight for version, weight in (weights or {}).items()}
        self.lambda_.update_alias(
            FunctionName=DEPLOYMENT.name,
            Name=ALIAS,
            FunctionVersion=str(stable),
            RoutingConfig={"AdditionalVersionWeights": others},
        )

    @property
    def release(self) -> Any:
        """What the parameter says."""
        return json.loads(self.parameter(DEPLOYMENT.release_parameter))

    def parameter(self, name: str) -> str:
        value: str = self.ssm.get_parameter(Name=name)["Parameter"]["Value"]
        return value

    def put(self, name: str, value: str) -> None:
        self.ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    def set_release(self, stable: int, canary: int | None, weight: float) -> None:
        self.put(DEPLOYMENT.release_parameter, release(stable, canary, weight))

    def add_alarm(self, key: str, state: str = "OK") -> None:
        self.cloudwatch.put_metric_alarm(
            AlarmName=f"{DEPLOYMENT.name}-{key}",
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )
        self.alarm(key, state)

    def alarm(self, key: str, state: str = "ALARM") -> None:
        name = f"{DEPLOYMENT.name}-{key}"
        self.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="made so")

    def answers(self, *answers: Any) -> None:
        """What the function answers to the next invocations, one after the other."""
        self._backend.lambda_simple_results_queue.extend(map(json.dumps, answers))

    # What happens between a command and AWS

    def asked(self, operation: str) -> list[Call]:
        """Those calls of the commands."""
        return [call for call in self.calls if call.operation == operation]

    def before(self, operation: str, action: Callable[[int], Answer]) -> None:
        """Do it before each such call; it is told how many have been since. Its answer takes the place of AWS's."""
        self._actions[operation] = action
        self._times[operation] = 0

    def _record(self, request: Any, event_name: str, **context: Any) -> None:
        self.calls.append(Call(event_name.rpartition(".")[2], request.body or b""))

    def _act(self, model: Any, params: dict[str, Any], **context: Any) -> Answer:
        times = self._times.get(model.name, 0)
        self._times[model.name] = times + 1
        answer = self._actions[model.name](times) if model.name in self._actions else None
        if answer is None and model.name == "Invoke" and self.invoke is not None:
            self.calls.append(Call("Invoke", params["body"]))
            return self.invoke(params["query_string"]["Qualifier"], params["body"])
        return self._refused(params) if answer is None and model.name == "UpdateAlias" else answer

    def _refused(self, params: dict[str, Any]) -> Answer:
        """AWS refuses a stale revision; moto takes every one for the right one."""
        revision = json.loads(params["body"]).get("RevisionId")
        if revision in {None, self._backend.get_alias(ALIAS, DEPLOYMENT.name).revision_id}:
            return None
        return refusal("PreconditionFailedException", "The RevisionId provided does not match the latest", 412)

    def _renew_revision(self, **context: Any) -> None:
        """AWS gives a changed alias another one."""
        self._backend.get_alias(ALIAS, DEPLOYMENT.name).revision_id = str(uuid4())

    @property
    def _backend(self) -> LambdaSimpleBackend:
        return lambda_simple_backends[DEFAULT_ACCOUNT_ID][DEPLOYMENT.region]

    def _make(self) -> None:
        role = self.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        self.lambda_.create_function(
            FunctionName=DEPLOYMENT.name,
            Runtime="python3.13",
            Role=role,
            Handler="project.lambda_handler.handler",
            Code={"ZipFile": _package()},
            Environment={"Variables": ENVIRONMENT},
            Publish=True,
        )
        self.lambda_.create_alias(FunctionName=DEPLOYMENT.name, Name=ALIAS, FunctionVersion="1")
        self.publish("the second")
        self.publish("the third")
        self.point(2)
        for key in WATCHED:
            self.add_alarm(key)


def release(stable: int, canary: int | None, weight: float) -> str:
    """The parameter's value, as Terraform writes it."""
    versions = {"stable_version": str(stable), "canary_version": None if canary is None else str(canary)}
    return json.dumps({**versions, "canary_weight": weight})


def refusal(code: str, message: str = "refused", status: int = 400) -> Answer:
    """AWS's answer with an error."""

    class Response:
        status_code = status

    return Response(), {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}


def _package() -> bytes:
    """Other code each time."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("version.txt", str(uuid4()))
    return written.getvalue()

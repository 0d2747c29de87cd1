"""Events as API Gateway, its schedule and other services of AWS send them: `tests/events/*.json`."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.events.invocation import answered, invoked
from tests.events.proxy import FOLDER, proxy_event, stored_event
from tests.handler.conftest import Ask, header
from tests.transports.client import Answer

INVOKE_HOST = "a1b2c3d4e5.execute-api.sa-east-1.amazonaws.com"
FOREIGN = sorted(path.stem for path in FOLDER.glob("foreign_*.json"))
ACCEPTED = sorted({path.stem for path in FOLDER.glob("*.json")} - {*FOREIGN, "schedule"})


@pytest.fixture(autouse=True)
def hosts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [INVOKE_HOST, "api.example", "testserver"]


def sent(name: str, authorization: tuple[str, str]) -> Answer:
    """The answer to a stored event, to which a credential is added, as to each of its headers' two forms."""
    event = stored_event(name)
    if event["headers"] is not None:
        event["headers"][authorization[0]] = authorization[1]
        event["multiValueHeaders"][authorization[0]] = [authorization[1]]
    return answered(event)


def document(answer: Answer) -> Any:
    return json.loads(answer.body)


def test_there_are_events_of_each_kind() -> None:
    assert len(FOREIGN) == 6
    assert len(ACCEPTED) == 14


@pytest.mark.parametrize("name", ACCEPTED)
def test_no_event_of_a_rest_api_is_refused_or_fails(authorization: tuple[str, str], name: str) -> None:
    assert 200 <= sent(name, authorization).status < 500


@pytest.mark.parametrize(("name", "prefix"), [("root", "/prod"), ("custom_domain_base_path_root", "/chat")])
def test_the_root_is_the_applications(authorization: tuple[str, str], name: str, prefix: str) -> None:
    answer = sent(name, authorization)
    if answer.status == 302:  # where there is documentation
        assert header(answer, "Location") == f"{prefix}/v1/docs"
    else:
        assert document(answer)["instance"] == f"{prefix}/"


def test_what_is_escaped_in_a_path_is_read_once(authorization: tuple[str, str]) -> None:
    assert document(sent("percent_encoded", authorization))["instance"] == "/prod/v1/nôwhere/a/b c"


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("proxy", f"https://{INVOKE_HOST}/prod"),
        ("custom_domain", "https://api.example"),
        ("custom_domain_base_path", "https://api.example/chat"),
    ],
)
def test_links_lead_back_to_where_the_request_came_from(
    ask: Ask, authorization: tuple[str, str], name: str, base: str
) -> None:
    for _ in range(2):
        ask("POST", "/v1/interactions", {"prompt": "Hi"})
    event = stored_event(name)
    event["multiValueHeaders"][authorization[0]] = [authorization[1]]
    event["multiValueQueryStringParameters"] = {"limit": ["1"]}
    answer = answered(event)
    assert answer.status == 200
    following = document(answer)["next"]
    assert following.startswith(f"{base}/v1/interactions?limit=1&cursor=")
    assert header(answer, "Link") == f'<{following}>; rel="next"'


def test_of_several_values_each_is_seen(authorization: tuple[str, str]) -> None:
    problem = document(sent("multi_value", authorization))
    assert [error["pointer"] for error in problem["errors"]] == ["?limit"]
    assert problem["errors"][0]["code"] == "repeated" or "once" in problem["errors"][0]["detail"], problem


@pytest.mark.parametrize("name", ["base64_text", "text_body"])
def test_a_body_arrives_whole_in_base64_or_as_it_is(authorization: tuple[str, str], name: str) -> None:
    answer = sent(name, authorization)
    assert (answer.status, document(answer)["prompt"]) == (201, "Olá, 🚌")


def test_a_body_that_is_no_text_is_refused_for_its_type(authorization: tuple[str, str]) -> None:
    assert document(sent("base64_binary", authorization))["type"] == "/prod/problems/unsupported-media-type"


def test_an_absent_body_is_an_empty_one(authorization: tuple[str, str]) -> None:
    problem = document(sent("empty_body", authorization))
    assert [error["pointer"] for error in problem["errors"]] == ["#/prompt"]


@pytest.mark.usefixtures("db")
def test_an_event_without_headers_and_query_names_no_host_of_ours() -> None:
    answer = answered(stored_event("nulls"))
    assert document(answer)["errors"][0]["pointer"] == "Host"


def test_a_key_of_the_usage_plan_is_no_credential() -> None:
    assert answered(stored_event("api_key_identity")).status == 401


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_request_and_no_task_is_an_error_that_names_members_and_no_values(name: str) -> None:
    event = stored_event(name)
    with pytest.raises(Exception) as error:  # noqa: PT011  its class is the handler's, which is imported late
        invoked(event)
    assert type(error.value).__name__ == "UnknownEvent"
    said = str(error.value)
    assert said.startswith("the event is no request of a REST API (payload format 1.0) and names no known task; ")
    assert said.endswith(", ".join(sorted(event)) or "no members")
    assert "quasi-una-fantasia" not in said


@pytest.mark.parametrize("event", [["quasi-una-fantasia"], "quasi-una-fantasia", 7, None])
def test_what_is_no_object_is_an_error_that_names_its_type_alone(event: object) -> None:
    with pytest.raises(Exception, match=f"of type {type(event).__name__}$"):
        invoked(event)


PATHS = st.lists(
    st.one_of(
        st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=4),
        st.sampled_from(["%2F", "%C3%B4", "%00", "%25", "prod", "v1", "%F0%9F%9A%8C", "~.", "a%20b"]),
    ),
    min_size=1,
    max_size=5,
).map(lambda parts: "/nowhere/" + "/".join(parts))


@pytest.mark.usefixtures("db")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=PATHS,
    before=st.sampled_from([("/prod", ""), ("", ""), ("", "/chat"), ("", "/v1"), ("", "/nowhere")]),
    decoded=st.booleans(),
    slash=st.sampled_from(["", "/"]),
)
def test_whatever_the_path_what_comes_before_it_is_told_apart(
    path: str, before: tuple[str, str], decoded: bool, slash: str
) -> None:
    prefix, base_path = before
    event = proxy_event(path=path + slash, prefix=prefix, base_path=base_path)
    if decoded:
        event["pathParameters"] = {"proxy": unquote(path.lstrip("/"))}
    problem = document(answered(event))
    assert problem["type"] == f"{prefix}{base_path}/problems/not-found"
    assert problem["instance"] == f"{prefix}{base_path}{unquote(path)}{slash}"

"""What Terraform's variables take of the service's settings is what the service takes: a value is refused in the plan.

Which secrets there are is Terraform's alone to know, and so is what Bedrock may be asked: those cases are in the tests
of the module.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from infra.check.tools import find, run
from infra.check.workspace import ROOT, Absent
from interactions.providers.configuration import KINDS, ProviderConfig
from project.settings import environment
from tests.infra.conftest import left_out

BEDROCK = {"bedrock_model_arns": ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"]}


def openai(**more: Any) -> dict[str, Any]:
    return {"kind": "openai", "model": "any", **more}


def bedrock(**more: Any) -> dict[str, Any]:
    return {"kind": "bedrock", "model": "any", **more}


PROVIDERS: list[list[dict[str, Any]]] = [
    [],
    [openai(), openai(name="second"), bedrock(region="us-east-1")],
    [openai(), openai()],
    [openai(name=f"n{number}") for number in range(8)],
    [openai(name=f"n{number}") for number in range(9)],
    [openai(name="Capital")],
    [{"kind": "oracle", "model": "any"}],
    [openai(model="")],
    [openai(model="m" * 128)],
    [openai(model="m" * 129)],
    [openai(models=["a"] * 100)],
    [openai(models=["a"] * 101)],
    [openai(models=[""])],
    [openai(base_url="http://10.0.0.1:11434/v1")],
    [openai(base_url="ftp://example.com/v1")],
    [openai(base_url="https://user@example.com/v1")],
    [openai(base_url="https://example.com/v1?key=1")],
    [openai(base_url="https://example.com:0/v1")],
    [openai(region="us-east-1")],
    [bedrock(key="openai-api-key")],
    [bedrock(base_url="https://example.com")],
    [bedrock(region="Mars")],
    [openai(seconds=0)],
    [openai(seconds=300)],
    [openai(seconds=301)],
    [openai(seconds=1.5)],
    [openai(max_output_tokens=1, prices="azure", limit_field="none", send_stream=False)],
    [bedrock(max_output_tokens=10_000_000, prices="bedrock")],
    [openai(max_output_tokens=0)],
    [openai(max_output_tokens=1.5)],
    [openai(max_output_tokens=10_000_001)],
    [openai(prices="Azure")],
    [openai(limit_field="max_output_tokens")],
    [bedrock(limit_field="max_tokens")],
    [bedrock(send_stream=False)],
    [bedrock(query={"a": "b"})],
    [bedrock(headers={"a": "b"})],
    [openai(query={"api-version": "2024-10-21", "$a": " b "}, headers={"X-Title": "A title"})],
    [openai(query={"a b": "c"})],
    [openai(query={"": "c"})],
    [openai(query={"n" * 65: "c"})],
    [openai(query={"a": ""})],
    [openai(query={"a": "\u00e9"})],
    [openai(query={"a": "b" * 500})],
    [openai(query={"a": "b" * 501})],
    [openai(query={"api-key": "sk-1"})],
    [openai(query={"a": "{key}"})],
    [openai(query={f"a{number}": "b" for number in range(8)})],
    [openai(query={f"a{number}": "b" for number in range(9)})],
    [openai(headers={"api-key": "{key}", "X-Both": "a {key} b"})],
    [openai(headers={"Api-Key": "sk-1"})],
    [openai(headers={"a": "{key}"}, base_url="https://llm.example/v1")],
    [openai(headers={"a": "{key}"}, base_url="https://llm.example/v1", key="openai-api-key")],
    [openai(headers={"Host": "b"})],
    [openai(headers={"a": "b", "A": "b"})],
    [openai(headers={"a:": "b"})],
    [openai(headers={"a": "b\r\nc: d"})],
    [openai(headers={"a": " b"})],
    [openai(headers={"a": ""})],
    [openai(headers={"a": "b" * 500})],
    [openai(headers={"a": "b" * 501})],
    [openai(headers={f"a{number}": "b" for number in range(9)})],
]
REDACTIONS = ["", "cpf=mask", ",all = refuse , ip=off,", "cpf", "=mask", "cpf=hide", "CPF=mask", "cpf=mask=mask"]
AMOUNTS = ["2.50", "0.000000001", "999999", "0", "0.0", "1000000", "1e3", "-1", "01", "2,50", "0.0000000001"]

CASES: list[tuple[str, Any, Callable[[str], object]]] = [
    *(("model_providers", value, lambda name: environment.providers(name, "")) for value in PROVIDERS),
    *(("redaction", value, environment.redaction) for value in REDACTIONS),
    *(("spending_limit_user", value, environment.amount) for value in AMOUNTS),
]


def refused_by_terraform(folder: Path) -> set[int]:
    """The numbers of the cases; all are in one plan, each as a module on a line of its own."""
    (folder / "variables").mkdir()
    shutil.copy(ROOT / "infra" / "terraform" / "variables.tf", folder / "variables")
    package = {"source": "./variables", "package": "main.tf.json"}
    lines = [
        f'"case{number}": {json.dumps(package | BEDROCK | {name: value})}'
        for number, (name, value, _) in enumerate(CASES)
    ]
    (folder / "main.tf.json").write_text('{"module": {\n' + ",\n".join(lines) + "\n}}")
    run("terraform", "init", folder=folder)
    told = [json.loads(line) for line in run("terraform", "plan", "-json", folder=folder, fails_by=2).splitlines()]
    errors = [each["diagnostic"] for each in told if each["@level"] == "error"]
    assert all("Invalid value for variable" in error["summary"] for error in errors), errors
    return {error["range"]["start"]["line"] - 2 for error in errors}


def refused_by_the_service(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    found = set()
    for number, (_, value, read) in enumerate(CASES):
        monkeypatch.setenv("SETTING", value if isinstance(value, str) else json.dumps(value))
        try:
            read("SETTING")
        except ImproperlyConfigured:
            found.add(number)
    return found


@pytest.mark.system
def test_terraform_refuses_what_the_service_would_refuse_at_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        find("terraform")
    except Absent as absent:
        left_out(absent)
    ours, refused = refused_by_the_service(monkeypatch), refused_by_terraform(tmp_path)
    assert 20 < len(ours) < len(CASES)
    assert [CASES[number][:2] for number in sorted(ours ^ refused)] == []


def test_terraform_has_the_kinds_and_the_options_of_providers() -> None:
    code = (ROOT / "infra" / "terraform" / "variables.tf").read_text()
    kinds = re.search(r"contains\(\[([^]]*)\], each\.kind\)", code)
    options = re.search(r'variable "model_providers" .*?object\(\{(.*?)\}\)', code, re.DOTALL)
    assert kinds
    assert options
    assert re.findall(r'"(\w+)"', kinds[1]) == [*KINDS]
    assert set(re.findall(r"(\w+) += ", options[1])) == {*ProviderConfig._fields}


def test_terraform_has_the_ranges_of_the_settings() -> None:
    """As they are written: whole numbers are read in one way here and there."""
    code = (ROOT / "infra" / "terraform" / "variables.tf").read_text()
    ranges = {
        name: (int(least), int(most))
        for name, least, most in re.findall(r"try\(var\.(\w+) >= (\d+) && var\.\w+ <= (\d+) && floor", code)
    }
    settings = (ROOT / "project" / "settings" / "base.py").read_text()
    expected = {
        name.lower(): (int(least), int(most.replace("_", "")))
        for name, least, most in re.findall(r'whole\("(\w+)", \d+, minimum=(\d+), maximum=([\d_]+)\)', settings)
    }
    minutes = re.search(r"minimum=(\d+), maximum=(\d+)\) if text", Path(environment.__file__).read_text())
    assert minutes
    assert len(expected) == 4
    assert ranges == expected | {"answer_cache_minutes": (int(minutes[1]), int(minutes[2]))}

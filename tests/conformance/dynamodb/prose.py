"""Exchanges of English prose that is there wherever the tests run: Python's own help, and documentation of packages."""

from __future__ import annotations

import ast
import html
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from pydoc_data.topics import topics

import botocore.session
import django.db

from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import Interaction, Status, Usage
from interactions.domain.pricing import Cost
from tests.conformance.clock import NOW

SHORTEST, LONGEST = 1200, 2600


def sources() -> dict[str, str]:
    """Long texts of several kinds, each in one piece; a paragraph is a line, as in chats."""
    texts = {
        "help": " ".join(topics[name] for name in sorted(topics)),
        "docstrings": "\n\n".join(_docstrings(Path(django.db.__file__).parent)),
        "descriptions": "\n\n".join(_descriptions("s3", "lambda", "iam")),
    }
    return {name: re.sub(r"[ \t]+", " ", re.sub(r"(?<!\n)\n(?!\n)", " ", text)) for name, text in texts.items()}


def exchanges(text: str, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Prompts and responses out of the text: about 2 KB together, of which the prompt is a tenth to a fifth."""
    chance = random.Random(seed)
    for _ in range(count):
        begin = text.index(" ", chance.randrange(len(text) - 2 * LONGEST)) + 1
        window = text[begin : begin + chance.randint(SHORTEST, LONGEST)]
        prompt_ends = window.index(" ", int(len(window) * chance.uniform(0.1, 0.2)))
        yield window[:prompt_ends], window[prompt_ends + 1 : window.rindex(" ")]


def recorded(prompt: str, response: str, number: int) -> Interaction:
    """The exchange with what a service knows of it."""
    chance = random.Random(number)
    model = chance.choice(["gpt-4o-mini-2024-07-18", "claude-sonnet-4-5", "llama-3.3-70b"])
    made = NOW + timedelta(seconds=number)
    tokens = Usage(input_tokens=len(prompt) // 4, output_tokens=len(response) // 4)
    return Interaction(
        interaction_id=interaction_id_at(made, entropy=chance.randbytes(8)),
        user_id=f"user-{chance.randrange(1000):03}@example.com",
        conversation_id=f"{chance.getrandbits(64):016x}" if chance.random() < 0.5 else None,
        status=Status.COMPLETED,
        prompt=prompt,
        response=response,
        provider=chance.choice(["openai", "anthropic", "bedrock"]),
        model=model,
        requested_model=model if chance.random() < 0.5 else None,
        usage=tokens,
        cost=Cost(nano_usd=len(response) * 150, source="price-table", price_id=f"{model}@2026-01"),
        latency_ms=chance.randrange(400, 9000),
        trace_id=f"{chance.getrandbits(128):032x}" if chance.random() < 0.5 else None,
        metadata={"app": "web", "locale": "en-US"} if chance.random() < 0.3 else {},
        updated_at=made + timedelta(microseconds=chance.randrange(10**6)),
    )


def _docstrings(package: Path) -> Iterator[str]:
    for module in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                text = ast.get_docstring(node) or ""
                if len(text) > 150:
                    yield text


def _descriptions(*services: str) -> Iterator[str]:
    """What AWS says of its services' operations and their parameters."""
    loader = botocore.session.get_session().get_component("data_loader")
    for service in services:
        yield from dict.fromkeys(_texts_called_documentation(loader.load_service_model(service, "service-2")))


def _texts_called_documentation(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for name, member in node.items():
            if name == "documentation" and len(member) > 150:
                yield html.unescape(re.sub("<[^>]+>", "", member))
            else:
                yield from _texts_called_documentation(member)

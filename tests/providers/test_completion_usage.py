"""The tokens and the cost of a chat completion are read as far as they make sense."""

from __future__ import annotations

import pytest

from interactions.domain.interaction import MAX_INTEGER, Usage
from tests.providers.asking import ask, provider_of
from tests.providers.behaviours import Answer, Body, Json
from tests.providers.server import LanguageModel


def tokens(prompt: object, completion: object, total: object = None, **others: object) -> dict[str, object]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total, **others}


def into(**counts: object) -> dict[str, object]:
    return {"prompt_tokens_details": counts}


def out(**counts: object) -> dict[str, object]:
    return {"completion_tokens_details": counts}


# Usage as it is told, and as input, output, read and written by the cache, reasoning.
USAGES: dict[str, tuple[object, tuple[int | None, ...]]] = {
    "OpenAI": (
        tokens(1000, 300, 1300, **into(cached_tokens=600), **out(reasoning_tokens=200)),
        (1000, 300, 600, None, 200),
    ),
    "OpenRouter": (tokens(194, 2, 196, **into(cached_tokens=0, cache_write_tokens=100)), (194, 2, 0, 100, None)),
    "LiteLLM": (
        tokens(
            98805, 5120, 103925, **into(cached_tokens=66360, cache_creation_tokens=32435), **out(reasoning_tokens=1710)
        ),
        (98805, 5120, 66360, 32435, 1710),
    ),
    "LiteLLM, of Anthropic": (
        tokens(1300, 467, 1767, cache_creation_input_tokens=1253, cache_read_input_tokens=7),
        (1300, 467, 7, 1253, None),
    ),
    "Ollama": (tokens(26, 298, 324), (26, 298, None, None, None)),
    "no total": (tokens(26, 298), (26, 298, None, None, None)),
    "reasoning beside, as xAI has it": (
        tokens(10120, 1499, 14428, **into(cached_tokens=128), **out(reasoning_tokens=2809)),
        (10120, 4308, 128, None, 2809),
    ),
    "reasoning beside that is not told, as of Gemini": (tokens(20, 198, 623), (20, 603, None, None, None)),
    "the cache beside": (tokens(12, 9, 2516, **into(cached_tokens=2495)), (2507, 9, 2495, None, None)),
    "the cache beside, and not in the total": (
        tokens(31, 467, 498, **into(cached_tokens=1253)),
        (None, 467, 1253, None, None),
    ),
    "reasoning or the cache beside": (
        tokens(20, 10, 35, **into(cached_tokens=5), **out(reasoning_tokens=5)),
        (20, 15, 5, None, 5),
    ),
    "a total that nothing explains": (tokens(20, 10, 37, **out(reasoning_tokens=5)), (20, 10, None, None, 5)),
    "more reasoning than output": (tokens(5, 1, None, **out(reasoning_tokens=9)), (5, None, None, None, 9)),
    "the most": (tokens(MAX_INTEGER, MAX_INTEGER), (MAX_INTEGER, MAX_INTEGER, None, None, None)),
    "no tokens": (tokens(0, 0, 0), (0, 0, None, None, None)),
    "DeepSeek": (
        tokens(1000, 0, 1000, prompt_cache_hit_tokens=900, prompt_cache_miss_tokens=100),
        (1000, 0, 900, None, None),
    ),
    "Moonshot": (tokens(1000, 0, 1000, cached_tokens=900), (1000, 0, 900, None, None)),
    "fractions of zero": (tokens(1000.0, 2e2, 1200.0, **into(cached_tokens=1.0)), (1000, 200, 1, None, None)),
    "texts": (tokens("1000", "200.0", "1200", **out(reasoning_tokens="9")), (1000, 200, None, None, 9)),
    "odd numbers": (
        tokens(-1, MAX_INTEGER + 1, **into(cached_tokens=1.5, cache_write_tokens=True), **out(reasoning_tokens="-9")),
        (None,) * 5,
    ),
    "odd texts": (tokens("1e3", "many", **into(cached_tokens="0x1", cache_write_tokens=" 1")), (None,) * 5),
    "one odd number": (tokens(10, "5.5"), (10, None, None, None, None)),
    "odd details": (tokens(10, 5, prompt_tokens_details=[1], completion_tokens_details="a"), (10, 5, None, None, None)),
    "null": (None, (None,) * 5),
    "no object": ([1], (None,) * 5),
    "an empty object": ({}, (None,) * 5),
}


@pytest.mark.parametrize(("told", "counted"), USAGES.values(), ids=USAGES)
def test_tokens_are_counted_as_opentelemetry_does(
    model: LanguageModel, told: object, counted: tuple[int | None, ...]
) -> None:
    model.will(Answer(said={"usage": told}))
    usage = ask(provider_of(model)).usage
    assert (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
        usage.reasoning_output_tokens,
    ) == counted


def test_a_usage_that_is_not_told_is_unknown(model: LanguageModel) -> None:
    model.will(Answer(usage=None))
    assert ask(provider_of(model)).usage == Usage()


COSTS = {
    "0.000123": 123_000,
    "1.4535e-05": 14_535,
    "0.1": 100_000_000,
    "0.30000000000000004": 300_000_000,
    "0.123456789": 123_456_789,
    "0.0000000014": 1,
    "0.0000000015": 2,
    "0.0000000025": 3,
    "1e-999999": 0,
    "0": 0,
    "0.0": 0,
    "3": 3_000_000_000,
    "999999.999999999": 999_999_999_999_999,
    "999999.9999999999": None,
    "1e6": None,
    "1e999999999": None,
    "1e99999999999999999999": None,
    "-0.1": None,
    "true": None,
    '"0.1"': None,
    "null": None,
    '{"total_cost": 0.1}': None,
}


@pytest.mark.parametrize(("cost", "nano_usd"), COSTS.items())
def test_a_cost_is_taken_to_the_digit(model: LanguageModel, cost: str, nano_usd: int | None) -> None:
    document = Json(Answer(usage={"cost": "COST"}).document("m")).body
    model.will(Body(document.replace(b'"COST"', cost.encode())))
    assert ask(provider_of(model)).nano_usd == nano_usd


@pytest.mark.parametrize(
    ("usage", "nano_usd"),
    [
        ({"cost": 0.95, "is_byok": True, "cost_details": {"upstream_inference_cost": 19}}, 19_950_000_000),
        ({"cost": 0.95, "is_byok": True, "cost_details": {"upstream_inference_cost": None}}, None),
        ({"cost": 0.95, "is_byok": True}, None),
        ({"cost": 0.95, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.95}}, 950_000_000),
    ],
)
def test_a_model_that_is_paid_elsewhere_costs_what_it_does_there_too(
    model: LanguageModel, usage: dict[str, object], nano_usd: int | None
) -> None:
    model.will(Answer(usage=usage))
    assert ask(provider_of(model)).nano_usd == nano_usd

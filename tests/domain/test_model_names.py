"""Names as OpenAI, Bedrock, OpenRouter and others spell them: each is of one model, or of none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.model_names import is_version_of, model_names, provider_of
from interactions.domain.price_file import price_table
from tests.domain.prices import TODAY

ARN = "arn:aws:bedrock"
# Provider, name, and the id of the row's provider and model.
PRICED = [
    # As OpenAI spells them, and as people do.
    ("openai", "gpt-4o", "openai/gpt-4o"),
    ("openai", "GPT-4o", "openai/gpt-4o"),
    ("openai", " gpt-4o ", "openai/gpt-4o"),
    ("OpenAI", "openai/gpt-4o", "openai/gpt-4o"),
    ("openai", "gpt-4o-2024-08-06", "openai/gpt-4o"),
    ("openai", "gpt-4o-20240806", "openai/gpt-4o"),
    ("openai", "gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13"),
    ("openai", "gpt-4o-20240513", "openai/gpt-4o-2024-05-13"),
    ("openai", "gpt-4.1-mini", "openai/gpt-4.1-mini"),
    ("openai", "gpt-5.2-2025-12-11", "openai/gpt-5.2"),
    ("openai", "gpt-5-chat-latest", "openai/gpt-5"),
    ("openai", "gpt-6-sol-2026-09-22", "openai/gpt-6-sol"),
    ("openai", "gpt-4-0613", "openai/gpt-4"),
    ("openai", "o3-2025-04-16", "openai/o3"),
    ("openai", "ft:gpt-4o-mini-2024-07-18:acme::B1x2y3z4", "openai/ft:gpt-4o-mini"),
    # As Azure's deployments are mostly named, and as Azure answers.
    ("azure.ai.openai", "gpt-4o", "azure/gpt-4o"),
    ("az.ai.openai", "gpt-4.1-mini-2025-04-14", "azure/gpt-4.1-mini"),
    ("azure", "gpt-35-turbo", "azure/gpt-3.5-turbo"),
    ("azure.ai.inference", "phi-4", "azure/phi-4"),
    ("azure", "azure/gpt-5-mini", "azure/gpt-5-mini"),
    # As Anthropic spells them.
    ("anthropic", "claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5"),
    ("anthropic", "claude-sonnet-4-5", "anthropic/claude-sonnet-4-5"),
    ("anthropic", "claude-3-7-sonnet-latest", "anthropic/claude-3-7-sonnet-latest"),
    ("anthropic", "claude-opus-4-20250514", "anthropic/claude-opus-4-0"),
    ("anthropic", "claude-opus-4-1-20250805", "anthropic/claude-opus-4-1"),
    ("anthropic", "anthropic/claude-haiku-4.5", "anthropic/claude-haiku-4-5"),
    ("anthropic", "claude-3-haiku-20240307", "anthropic/claude-3-haiku"),
    # As Google spells them, in two services.
    ("gemini", "models/gemini-2.5-flash", "gemini/gemini-2.5-flash"),
    ("gcp.gemini", "gemini-2.5-pro", "gemini/gemini-2.5-pro"),
    ("gcp.gen_ai", "google/gemini-2.5-flash-lite", "gemini/gemini-2.5-flash-lite"),
    ("google", "gemini-2.0-flash-001", "gemini/gemini-2.0-flash"),
    ("gemini", "gemini-flash-latest", "gemini/gemini-3.8-flash"),
    ("gcp.vertex_ai", "publishers/google/models/gemini-2.5-flash", "vertex/gemini-2.5-flash"),
    ("vertex_ai", "gemini-2.0-flash@001", "vertex/gemini-2.0-flash"),
    (
        *("vertex", "projects/acme/locations/europe-west4/publishers/google/models/gemini-2.5-pro"),
        "vertex/gemini-2.5-pro",
    ),
    ("gcp.vertex_ai", "claude-sonnet-4-5@20250929", "vertex/claude-sonnet-4-5"),
    ("gcp.vertex_ai", "publishers/anthropic/models/claude-haiku-4-5@20251001", "vertex/claude-haiku-4-5"),
    (
        *("vertex", "projects/acme/locations/global/publishers/anthropic/models/claude-opus-4-5@20251101"),
        "vertex/claude-opus-4-5",
    ),
    # As Bedrock spells models and inference profiles.
    ("aws.bedrock", "amazon.nova-micro-v1:0", "bedrock/amazon.nova-micro-v1:0"),
    ("bedrock", "us.amazon.nova-micro-v1:0", "bedrock/amazon.nova-micro-v1:0"),
    ("bedrock", "eu.amazon.nova-lite-v1:0", "bedrock/amazon.nova-lite-v1:0"),
    ("bedrock", "apac.amazon.nova-pro-v1:0", "bedrock/amazon.nova-pro-v1:0"),
    (
        *("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        "bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ),
    (
        *("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ),
    (
        *("bedrock", "apac.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ),
    ("bedrock", "anthropic.claude-3-haiku-20240307-v1:0", "bedrock/anthropic.claude-3-haiku-20240307-v1:0"),
    ("bedrock", "eu.anthropic.claude-opus-4-5-20251101-v1:0", "bedrock/anthropic.claude-opus-4-5-v1:0"),
    ("bedrock", "global.anthropic.claude-opus-4-5-20251101-v1:0", "bedrock/global.anthropic.claude-opus-4-5-v1:0"),
    ("bedrock", "us.meta.llama3-3-70b-instruct-v1:0", "bedrock/meta.llama3-3-70b-instruct-v1:0"),
    ("bedrock", "bedrock/us.deepseek.r1-v1:0", "bedrock/deepseek.r1-v1:0"),
    ("bedrock", f"{ARN}:us-east-1::foundation-model/amazon.nova-lite-v1:0", "bedrock/amazon.nova-lite-v1:0"),
    (
        *("bedrock", f"{ARN}:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-5"),
        "bedrock/us.anthropic.claude-sonnet-5",
    ),
    # As OpenRouter spells them.
    ("openrouter", "openai/gpt-4o-mini", "openrouter/openai/gpt-4o-mini"),
    ("openrouter", "openrouter/openai/gpt-4o-mini", "openrouter/openai/gpt-4o-mini"),
    ("openrouter", "anthropic/claude-sonnet-4.5", "openrouter/anthropic/claude-sonnet-4.5"),
    ("openrouter", "anthropic/claude-4.5-sonnet-20250929", "openrouter/anthropic/claude-sonnet-4.5"),
    ("openrouter", "google/gemini-2.5-flash", "openrouter/google/gemini-2.5-flash"),
    ("openrouter", "meta-llama/llama-3.3-70b-instruct", "openrouter/meta-llama/llama-3.3-70b-instruct"),
    (
        *("openrouter", "deepseek/deepseek-r1-distill-llama-70b:free"),
        "openrouter/deepseek/deepseek-r1-distill-llama-70b:free",
    ),
    ("open_router", "x-ai/grok-4.3", "openrouter/x-ai/grok-4.3"),
    # As others do.
    ("deepseek", "deepseek-chat", "deepseek/deepseek-chat"),
    ("deepseek", "deepseek/deepseek-reasoner", "deepseek/deepseek-reasoner"),
    ("mistral_ai", "mistral-large-latest", "mistral/mistral-large"),
    ("mistral", "mistral-small-latest", "mistral/mistral-small-latest"),
    ("groq", "openai/gpt-oss-120b", "groq/openai/gpt-oss-120b"),
    ("groq", "groq/llama-3.3-70b-versatile", "groq/llama-3.3-70b-versatile"),
    ("x_ai", "grok-4", "x-ai/grok-4-0709"),
    ("xai", "xai/grok-3-mini-latest", "x-ai/grok-3-mini"),
    ("together_ai", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "together/meta-llama/llama-3.3-70b-instruct-turbo"),
    ("fireworks", "accounts/fireworks/models/kimi-k3", "fireworks/kimi-k3"),
    ("fireworks_ai", "fireworks_ai/accounts/fireworks/models/deepseek-v3p2", "fireworks/deepseek-v3p2"),
    ("cohere", "command-r-plus-08-2024", "cohere/command-r-plus"),
    ("moonshot_ai", "kimi-k2-turbo", "moonshotai/kimi-k2-turbo-preview"),
]


@pytest.mark.parametrize(("provider", "model", "row"), PRICED)
def test_a_name_is_that_of_a_model_with_a_price(provider: str, model: str, row: str) -> None:
    found = price_table().find(provider, model, day=TODAY)
    assert found is not None
    assert f"{found.provider}/{found.model}" == row


# OpenTelemetry's values of gen_ai.provider.name, and older ones of gen_ai.system.
@pytest.mark.parametrize(
    ("spelled", "provider"),
    [
        ("anthropic", "anthropic"),
        ("aws.bedrock", "bedrock"),
        ("azure.ai.inference", "azure"),
        ("azure.ai.openai", "azure"),
        ("az.ai.openai", "azure"),
        ("cohere", "cohere"),
        ("deepseek", "deepseek"),
        ("gcp.gemini", "gemini"),
        ("gcp.gen_ai", "gemini"),
        ("gcp.vertex_ai", "vertex"),
        ("vertex_ai", "vertex"),
        ("groq", "groq"),
        ("mistral_ai", "mistral"),
        ("moonshot_ai", "moonshotai"),
        ("openai", "openai"),
        ("perplexity", "perplexity"),
        ("x_ai", "x-ai"),
        ("ibm.watsonx.ai", "ibm.watsonx.ai"),
    ],
)
def test_a_provider_is_known_by_the_name_that_opentelemetry_has_for_it(spelled: str, provider: str) -> None:
    assert provider_of(spelled) == provider


UNKNOWN = [
    pytest.param("openai", "gpt-4.1-mini-2", id="a longer name that begins alike"),
    pytest.param("openai", "gpt-4.1-micro", id="another size"),
    pytest.param("openai", "gpt", id="the beginning of a name"),
    pytest.param("openai", "gpt-5-0101", id="four digits, which tell a version with another price elsewhere"),
    pytest.param("openai", "gpt-6-sol-2026-22-09", id="no day"),
    pytest.param("openai", "ft:gpt-4.1-2025-04-14:acme::B1x2y3z4", id="a fine-tuned model is dearer than its base"),
    pytest.param("openai", "anthropic/claude-sonnet-4-5", id="a model of another provider"),
    pytest.param("openai", "text-embedding-3-small", id="no model of text"),
    pytest.param("openai", "gpt-4o-search-preview", id="billed by the search as well"),
    pytest.param("openai", "gpt-oss-120b", id="a model whose price nobody has confirmed"),
    pytest.param("azure", "gpt-oss-120b", id="nor at Azure"),
    pytest.param("azure", "ft:gpt-4o-mini-2024-07-18:acme::B1x2y3z4", id="billed by the hour as well"),
    pytest.param("gemini", "gemma-4-26b-a4b-it", id="free in a way that the file does not tell"),
    pytest.param("azure", "our-chat", id="a deployment with a name of its own"),
    pytest.param("azure", "deepseek-chat", id="sold by Azure at another price"),
    pytest.param("anthropic", "claude-sonnet-9", id="a model that does not exist"),
    pytest.param("anthropic", "claude-sonnet-4-5-20250929-v1:0", id="Bedrock's version at another provider"),
    pytest.param("gemini", "claude-sonnet-4-5", id="sold by Vertex alone"),
    pytest.param("gemini", "tunedModels/ours-123", id="a tuned model"),
    pytest.param("gemini", "models/models/gemini-2.5-flash", id="a path that Google does not have"),
    pytest.param(
        *("vertex", "projects/acme/locations/us-east5/publishers/anthropic/models/claude-opus-4-5"),
        id="a region that costs more than the global endpoint",
    ),
    pytest.param("bedrock", "claude-sonnet-4-5", id="a name that Bedrock does not have"),
    pytest.param("bedrock", "global.amazon.nova-lite-v1:0", id="a model without a global profile"),
    pytest.param("bedrock", "ca.anthropic.claude-sonnet-4-5-20250929-v1:0", id="a geography whose price is unknown"),
    pytest.param("bedrock", "mars.amazon.nova-lite-v1:0", id="no geography"),
    pytest.param("bedrock", "amazon.nova-lite-v2:0", id="another version"),
    pytest.param("bedrock", f"{ARN}:us-east-1:123456789012:application-inference-profile/a1b2c3", id="an application"),
    pytest.param("bedrock", f"{ARN}:us-east-1:123456789012:provisioned-model/a1b2c3", id="paid by the hour"),
    pytest.param("bedrock", f"{ARN}:us-east-1:123456789012:imported-model/amazon.nova-lite-v1:0", id="imported"),
    pytest.param(
        *("bedrock", "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-lite-v1:0"), id="GovCloud"
    ),
    pytest.param("openrouter", "gpt-4o", id="a name without the vendor, which OpenRouter does not have"),
    pytest.param("openrouter", "openai/gpt-4o-mini:nitro", id="a route with another price"),
    pytest.param("openrouter", "openai/gpt-4o-mini:free", id="free, if it existed"),
    pytest.param("openrouter", "openrouter/auto", id="whichever model OpenRouter chooses"),
    pytest.param("mistral", "mistral-small-2599", id="a version with a price of its own"),
    pytest.param("perplexity", "sonar-pro", id="billed by the request as well"),
    pytest.param("api.openai.com.example.org", "gpt-4o", id="another provider"),
    pytest.param("open", "gpt-4o", id="the beginning of a provider"),
    pytest.param("", "gpt-4o", id="no provider"),
    pytest.param("openai", "", id="no model"),
    pytest.param("openai", "openai/", id="only the provider"),
]


@pytest.mark.parametrize(("provider", "model"), UNKNOWN)
def test_a_name_that_no_rule_leads_to_a_model_has_no_price(provider: str, model: str) -> None:
    assert price_table().find(provider, model, day=TODAY) is None


@pytest.mark.parametrize(
    ("model", "asked", "expected"),
    [
        ("gpt-x-0613", "gpt-x", True),
        ("GPT-X-0613", "openai/gpt-x", True),
        ("gpt-x-2025-04-14", "gpt-x", True),
        ("gpt-x", "gpt-x", False),
        ("gpt-x-mini", "gpt-x", False),
        ("gpt-x-mini-0613", "gpt-x", False),
        ("gpt-x-5", "gpt-x", False),
        ("gpt-x0613", "gpt-x", False),
        ("0613", "", False),
    ],
)
def test_the_version_of_a_model_is_its_name_and_a_number(model: str, asked: str, expected: bool) -> None:
    assert is_version_of("openai", model, asked) is expected


names = st.text("abgmrx019.:/@-", max_size=30) | st.sampled_from([model for _, model, _ in PRICED])


@given(st.sampled_from(["openai", "bedrock", "vertex", "openrouter", "p"]), names)
def test_a_name_stands_for_itself_before_anything_else(provider: str, name: str) -> None:
    found = model_names(provider, name)
    assert found[0] == name.strip().lower()
    assert len(found) == len(set(found))
    assert model_names(provider, name.upper()) == found


@given(st.text(max_size=40))
def test_the_name_of_a_provider_in_the_table_stays(name: str) -> None:
    assert provider_of(provider_of(name)) == provider_of(name)

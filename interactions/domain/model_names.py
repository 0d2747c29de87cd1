"""Names of providers and models in the price table, and the other spellings of them.

A rule may drop what does not change the price: a path, the provider in front, a version behind. No rule compares the
beginnings of names: `gpt-4.1` is never found for `gpt-4.1-mini`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The names of providers in the price table, each with the other spellings of it: OpenTelemetry's, LiteLLM's, its own.
_SPELLINGS = {
    "anthropic": (),
    "azure": (
        *("azure-ai", "azure-ai-inference", "azure-ai-openai", "azure-openai", "az-ai-inference", "az-ai-openai"),
        *("azure-ai-foundry", "microsoft", "microsoft-azure"),
    ),
    "bedrock": ("aws", "aws-bedrock", "amazon", "amazon-bedrock", "bedrock-converse"),
    "cerebras": (),
    "cohere": ("cohere-chat",),
    "deepseek": (),
    "fireworks": ("fireworks-ai",),
    "gemini": ("gcp-gemini", "gcp-gen-ai", "google", "google-ai-studio", "google-genai", "google-gla"),
    "groq": (),
    "mistral": ("mistralai", "mistral-ai"),
    "moonshotai": ("moonshot", "moonshot-ai"),
    "openai": ("open-ai",),
    "openrouter": ("open-router",),
    "perplexity": ("perplexity-ai",),
    "together": ("together-ai", "togetherai", "together-computer"),
    "vertex": ("gcp-vertex-ai", "google-vertex", "google-vertex-ai", "vertex-ai", "vertexai"),
    "x-ai": ("xai",),
}
_PROVIDERS = {spelling: name for name, others in _SPELLINGS.items() for spelling in (name, *others)}
# Providers that sell models of others at a price of their own, and the names of those in front of a model.
_PUBLISHERS = {"azure": ("openai", "anthropic"), "vertex": ("gemini", "anthropic")}

# The resource of a model or an inference profile. GovCloud and China have other prices, and an application's inference
# profile is named by an id that does not tell the model.
_ARN = re.compile(r"arn:aws:bedrock:[a-z0-9-]*:[0-9]*:(?:foundation-model|inference-profile)/([^/]+)\Z")
# Google's resource names. A region may charge more for models of others than the global endpoint does.
_RESOURCE = re.compile(r"(?:projects/[^/]+/locations/([^/]+)/)?publishers/([^/]+)/models/([^/]+)\Z")
_FINE_TUNED = re.compile(r"(ft:[^:]+):.+")

_DATED = re.compile(
    r"(?P<base>.+)[-@](?P<year>20[0-9]{2})(?P<dash>-?)(?P<month>0[1-9]|1[0-2])(?P=dash)(?P<day>0[1-9]|[12][0-9]|3[01])\Z"
)
_LATEST = re.compile(r"(.+)(?:-latest|@latest|@default)\Z")
_GOOGLE_VERSION = re.compile(r"(.+)[-@]0[0-9]{2}\Z")
_BEDROCK_REVISION = re.compile(r"(.+):[0-9]+\Z")
_BEDROCK_VERSION = re.compile(r"(.+)-v1\Z")
_GEOGRAPHY = re.compile(r"(?:us|eu|apac|au|ca|in|jp|sa)\.(.+)\Z")
# A provider may answer with the version that a name stands for: gpt-4.1-mini is gpt-4.1-mini-2025-04-14 today.
_VERSION = re.compile(r"[-@]([0-9]{3,8}|[0-9]{4}-[0-9]{2}-[0-9]{2})\Z")
# In the table, in place of the geography, where all geographies have one price.
ANY_GEOGRAPHY = "*."


def provider_of(name: str) -> str:
    """The provider's name in the price table. A name that no rule knows is returned in small letters."""
    small = name.strip().lower()
    return _PROVIDERS.get(re.sub(r"[_. ]", "-", small), small)


def model_names(provider: str, model: str) -> list[str]:
    """The names of the model to look up, the most exact first; `provider` is a name of `provider_of`."""
    name = model.strip().lower()
    bare = _without_path(provider, name)
    if bare is None:
        return [name]
    less = _less_exact_bedrock if provider == "bedrock" else _less_exact
    return [*dict.fromkeys((name, bare, *less(provider, bare)))]


def is_version_of(provider: str, model: str, asked: str) -> bool:
    """Whether a model that answered is named as a version of the model that was asked: the same name, and a number."""
    names = [_without_path(provider, name.strip().lower()) for name in (model, asked)]
    answered, wanted = names
    return bool(answered and wanted and answered.startswith(wanted) and _VERSION.match(answered, len(wanted)))


def _without_path(provider: str, name: str) -> str | None:
    """The name without ARN, resource name and provider; None if it names a resource that tells no price."""
    if provider == "bedrock" and name.startswith("arn:"):
        arn = _ARN.match(name)
        return arn[1] if arn else None
    name = name.removeprefix("models/") if provider in ("gemini", "vertex") else name
    if provider in ("gemini", "vertex") and (resource := _RESOURCE.match(name)):
        place, publisher, name = resource.groups()
        if publisher != "google" and place not in (None, "global"):
            return None
    in_front = (provider, *_PUBLISHERS.get(provider, ()))
    while (parts := name.partition("/"))[2] and provider_of(parts[0]) in in_front:
        name = parts[2]
    fine_tuned = _FINE_TUNED.match(name)
    return fine_tuned[1] if fine_tuned else name


def _less_exact(provider: str, name: str) -> Iterator[str]:
    if dated := _DATED.match(name):
        base, year, _, month, day = dated.groups()
        # Some versions have a price of their own, whichever way the date is written.
        yield from (f"{base}-{year}-{month}-{day}", f"{base}-{year}{month}{day}", base)
    if latest := _LATEST.match(name):
        yield latest[1]
    if provider in ("gemini", "vertex") and (version := _GOOGLE_VERSION.match(name)):
        yield version[1]


def _less_exact_bedrock(provider: str, name: str) -> Iterator[str]:
    """The name without its revision `:0`, the version `-v1` and the date, in its geography and in any."""
    names = [name]
    for pattern in (_BEDROCK_REVISION, _BEDROCK_VERSION, _DATED):
        if match := pattern.match(names[-1]):
            names.append(match[1])
    yield from names
    for each in names:
        if geography := _GEOGRAPHY.match(each):
            yield ANY_GEOGRAPHY + geography[1]

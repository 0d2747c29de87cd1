"""Names of well-known providers by the host of their endpoint, as the price table spells them."""

from __future__ import annotations

from urllib.parse import urlsplit

# A host also stands for the hosts below it: Azure has one for each resource.
_PROVIDERS = {
    "api.anthropic.com": "anthropic",
    "api.cerebras.ai": "cerebras",
    "api.cohere.ai": "cohere",
    "api.deepseek.com": "deepseek",
    "api.fireworks.ai": "fireworks",
    "api.groq.com": "groq",
    "api.mistral.ai": "mistral",
    "api.openai.com": "openai",
    "api.perplexity.ai": "perplexity",
    "api.together.ai": "together",
    "api.together.xyz": "together",
    "api.x.ai": "x-ai",
    "cognitiveservices.azure.com": "azure",
    "generativelanguage.googleapis.com": "gemini",
    "openai.azure.com": "azure",
    "openrouter.ai": "openrouter",
    "services.ai.azure.com": "azure",
}


def known_provider(url: str) -> str | None:
    """The provider behind the URL, or None if its host is not well known."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return None
    while host:
        if host in _PROVIDERS:
            return _PROVIDERS[host]
        host = host.partition(".")[2]
    return None

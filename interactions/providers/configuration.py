"""The providers of the setting `PROVIDERS`, in order of preference, and the kinds of providers there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from interactions.domain.fields import Fields, text_problem
from interactions.domain.interaction import MAX_LABEL
from interactions.domain.strict_json import parse_json

if TYPE_CHECKING:  # conf imports this module, and a cold start need not wait for a port that nobody uses
    from interactions.providers.base import Provider

OPENAI = "https://api.openai.com/v1"
# The name of the secret of OpenAI's own endpoint, unless the entry gives another.
OPENAI_KEY = "openai-api-key"
# With the retries of each, all calls fit into the attempts that an interaction records.
MAX_PROVIDERS = 8
MAX_MODELS = 100
MAX_SECONDS = 300
MAX_TOKENS = 10_000_000
NAME_PATTERN = r"^[a-z][a-z0-9-]{0,63}$"

Pairs = tuple[tuple[str, str], ...]


class ProviderConfig(NamedTuple):
    """One provider.

    - `model`: the model for requests that name none; `models`: the others that a request may name. None: any.
    - `seconds`: the time limit of one call. None: the time that the request has left.
    - `max_output_tokens`: the largest token limit that the provider accepts.
    - `prices`: its name in the price table, if `priced_as` cannot tell it.
    - `key`: the name of its secret, a parameter of SSM, or in capitals an environment variable.
    - `limit_field`: the member of the request for the token limit, `none` to leave it out.
    - `query`, `headers`: what the endpoint needs in its URL and headers. `{key}` in a header is the secret.
    - `send_stream`: whether the request has `"stream": false`.
    - `region`: the AWS region of Bedrock. None: that of the tables.
    """

    name: str
    kind: str
    model: str
    models: tuple[str, ...] | None = None
    base_url: str | None = None
    key: str | None = None
    region: str | None = None
    seconds: int | None = None
    prices: str | None = None
    max_output_tokens: int | None = None
    limit_field: str | None = None
    query: Pairs = ()
    headers: Pairs = ()
    send_stream: bool = True

    @property
    def priced_as(self) -> str:
        """The provider's name in the price table."""
        from interactions.providers.hosts import known_provider

        known = known_provider(self.base_url) if self.base_url else _kind_of(self).priced_as
        return self.prices or known or self.name

    @property
    def named_models(self) -> tuple[str, ...]:
        return (self.model, *(self.models or ()))

    def serves(self, model: str) -> bool:
        return self.models is None or model in self.named_models

    def tokens(self, asked: int) -> int:
        """The token limit to send for the one that was asked for."""
        return asked if self.max_output_tokens is None else min(asked, self.max_output_tokens)


class Kind(NamedTuple):
    """A kind of provider.

    `read` returns the fields of `ProviderConfig` that only this kind has. `make` makes the provider out of its
    configuration, the secrets, and the AWS region of the tables. `model` is the default model.
    """

    read: Callable[[Fields], dict[str, Any]]
    make: Callable[[ProviderConfig, Mapping[str, str], str], Provider]
    model: str | None = None
    priced_as: str | None = None


def _echo(config: ProviderConfig, secrets: Mapping[str, str], aws_region: str) -> Provider:
    from interactions.providers.echo import EchoProvider

    return EchoProvider(config)


def _read_openai(given: Fields) -> dict[str, Any]:
    from interactions.providers.endpoint import read_endpoint

    return read_endpoint(given)


def _openai(config: ProviderConfig, secrets: Mapping[str, str], aws_region: str) -> Provider:
    from interactions.providers.openai import OpenAIProvider

    return OpenAIProvider(config, secrets.get(config.key or ""))


def _bedrock(config: ProviderConfig, secrets: Mapping[str, str], aws_region: str) -> Provider:
    from interactions.providers.bedrock import BedrockProvider

    return BedrockProvider(config, config.region or aws_region)


# Every kind. What a kind needs is imported when an entry names it: a cold start need not wait for the others.
KINDS: Mapping[str, Kind] = {
    "echo": Kind(lambda given: {}, _echo, model="echo"),
    "openai": Kind(_read_openai, _openai),
    "bedrock": Kind(
        lambda given: {"region": given.text("region", max_length=32, pattern=r"^[a-z0-9-]+$")},
        _bedrock,
        priced_as="bedrock",
    ),
}


def make_provider(config: ProviderConfig, secrets: Mapping[str, str], aws_region: str) -> Provider:
    """
    Raises:
        ValueError: the kind is unknown.
    """
    return _kind_of(config).make(config, secrets, aws_region)


def _kind_of(config: ProviderConfig) -> Kind:
    if config.kind not in KINDS:
        raise ValueError(
            f"the provider {config.name} is of the kind {config.kind}, which is none of {', '.join(KINDS)}"
        )
    return KINDS[config.kind]


def read_providers(text: str) -> list[ProviderConfig]:
    """The providers of a JSON list of objects, such as `[{"kind": "openai", "model": "gpt-4.1-mini"}]`.

    Raises:
        Invalid: with every error in it.
    """
    value = parse_json(text.encode(errors="surrogatepass"))
    given = Fields({"providers": value}, "")
    found = [_provider(each) for each in given.objects("providers", max_items=MAX_PROVIDERS)]
    names = [each.name for each in found]
    for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
        given.error("providers", "duplicate", f"has two providers of the name {name}: give one a `name` of its own")
    given.check()
    return found


def _provider(given: Fields) -> ProviderConfig:
    name = given.choice("kind", KINDS, required=True) or ""
    kind = KINDS.get(name)
    default = kind.model if kind else None
    config = ProviderConfig(
        name=given.text("name", max_length=64, pattern=NAME_PATTERN) or name,
        kind=name,
        model=given.text("model", max_length=MAX_LABEL, required=default is None) or default or "",
        models=_models(given),
        seconds=given.integer("seconds", minimum=1, maximum=MAX_SECONDS),
        prices=given.text("prices", max_length=64, pattern=NAME_PATTERN),
        max_output_tokens=given.integer("max_output_tokens", minimum=1, maximum=MAX_TOKENS),
    )
    if kind:  # without a kind, nobody knows which other options are right
        config = config._replace(**kind.read(given))
        given.close()
    return config


def _models(given: Fields) -> tuple[str, ...] | None:
    value = given.take("models")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MAX_MODELS or any(map(_is_no_model, value)):
        given.error("models", "type", f"must be a list of at most {MAX_MODELS} names of models")
        return ()
    return tuple(value)


def _is_no_model(name: object) -> bool:
    return text_problem(name, max_length=MAX_LABEL) is not None


def variable_of(secret: str) -> str:
    """The environment variable of a secret where there is no SSM: of `openai-api-key`, OPENAI_API_KEY."""
    return secret.upper().replace("-", "_")


def where_to_set(secret: str) -> str:
    return f"set {variable_of(secret)}, or in production the SSM parameter {secret}"


def secrets_of(providers: Sequence[ProviderConfig]) -> list[str]:
    """The names of the secrets that they need, each once."""
    return [*dict.fromkeys(each.key for each in providers if each.key is not None)]

"""Which providers there are, in order of preference, out of the JSON of the setting `PROVIDERS`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from interactions.domain.fields import Fields, text_problem
from interactions.domain.interaction import MAX_LABEL
from interactions.domain.strict_json import parse_json
from interactions.providers.hosts import known_provider

KINDS = ("echo", "openai", "bedrock")
KINDS_PRICED_AS = {"bedrock": "bedrock"}
OPENAI = "https://api.openai.com/v1"
# What the secret of OpenAI's own endpoint is called, where no other name is given.
OPENAI_KEY = "openai-api-key"
# With as many calls as each may get, all fit into the attempts that an interaction records.
MAX_PROVIDERS = 8
MAX_MODELS = 100
MAX_SECONDS = 300
NAME_PATTERN = r"^[a-z][a-z0-9-]{0,63}$"
_URL = re.compile(r"""[!"$->@-~]+""")  # ASCII without spaces, queries, fragments


class ProviderConfig(NamedTuple):
    """One provider. `model` is asked where the caller names none.

    `models` are the others that a caller may name; None: any. `key` names the secret: a parameter of SSM, or in
    capitals a variable. `seconds` is how long one call may take; None: as long as the request may. `region` is AWS's,
    of Bedrock, where it is another than the tables'.
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

    @property
    def priced_as(self) -> str:
        """The provider's name in the price table."""
        if self.prices is not None:
            return self.prices
        return (known_provider(self.base_url) if self.base_url else KINDS_PRICED_AS.get(self.kind)) or self.name

    @property
    def named_models(self) -> tuple[str, ...]:
        return (self.model, *(self.models or ()))

    def serves(self, model: str) -> bool:
        return self.models is None or model in self.named_models


def read_providers(text: str) -> list[ProviderConfig]:
    """The providers of a JSON list of objects, such as `[{"kind": "openai", "model": "gpt-4.1-mini"}]`.

    Raises:
        Invalid: with everything that is wrong.
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
    kind = given.choice("kind", KINDS, required=True) or ""
    name = given.text("name", max_length=64, pattern=NAME_PATTERN) or kind
    model = given.text("model", max_length=MAX_LABEL, required=kind != "echo") or "echo"
    models = _models(given)
    base_url = key = region = None
    if kind == "openai":
        base_url = given.text("base_url", max_length=500) or OPENAI
        key = given.text("key", max_length=62, pattern=NAME_PATTERN)
        if key is None and base_url.rstrip("/") == OPENAI:  # an endpoint of one's own may need none
            key = OPENAI_KEY
        if problem := _url_problem(base_url):
            given.error("base_url", "url", problem)
    elif kind == "bedrock":
        region = given.text("region", max_length=32, pattern=r"^[a-z0-9-]+$")
    seconds = given.integer("seconds", minimum=1, maximum=MAX_SECONDS)
    prices = given.text("prices", max_length=64, pattern=NAME_PATTERN)
    if kind:  # else nobody knows what else it may have
        given.close()
    return ProviderConfig(
        name=name,
        kind=kind,
        model=model,
        models=models,
        base_url=base_url,
        key=key,
        region=region,
        seconds=seconds,
        prices=prices,
    )


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


def _url_problem(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or not _URL.fullmatch(url) or parts.username is not None:
        return "must be the URL that /chat/completions is added to, as https://api.openai.com/v1"
    return None


def variable_of(secret: str) -> str:
    """The environment variable that has a secret where SSM does not: of `openai-api-key`, OPENAI_API_KEY."""
    return secret.upper().replace("-", "_")


def where_to_set(secret: str) -> str:
    return f"set {variable_of(secret)}, or in production the SSM parameter {secret}"


def secrets_of(providers: Sequence[ProviderConfig]) -> list[str]:
    """The names of the secrets that they need, each once."""
    return [*dict.fromkeys(each.key for each in providers if each.key is not None)]

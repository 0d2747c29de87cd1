"""The corpus: templates filled with made-up values by a seeded generator. `python -m tests.corpus` prints it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from interactions.domain.redaction import Kind
from tests.corpus import messages, sentences, sentences_asian, technical, untouched
from tests.corpus.lookalikes import LOOKALIKES
from tests.corpus.values import NARROWER, VALUES

SEED = 2026
PLACEHOLDER = re.compile("«([a-z0-9_]+)»")
WIDE = {ord("0") + i: 0xFF10 + i for i in range(10)} | {ord("@"): "＠", ord("-"): "－", ord("."): "．"}
INVISIBLE = ["\u200b", "\u2060", "\u00ad", "\ufeff", "\u200d"]


@dataclass(frozen=True, slots=True)
class Span:
    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A text of one family of templates, and everything that has to be found in it."""

    family: str
    text: str
    spans: tuple[Span, ...] = ()


Writing = Callable[[Random, str], str]


def as_it_is(random: Random, value: str) -> str:
    return value


def wide_or_with_an_invisible_character(random: Random, value: str) -> str:
    if random.random() < 0.5:
        return value.translate(WIDE)
    place = random.randrange(1, len(value))
    return value[:place] + random.choice(INVISIBLE) + value[place:]


def percent_encoded(random: Random, value: str) -> str:
    return value.replace("@", "%40").replace("/", "%2F").replace(" ", "%20")


def broken_over_lines(random: Random, value: str) -> str:
    """A space becomes a line end, a tab or two spaces; a number of dots and dashes breaks behind one of them."""
    gap = random.choice(["\n", "\r\n", "\t", "  ", "\n  "])
    if " " in value:
        return value.replace(" ", gap, 1)
    places = [i + 1 for i, character in enumerate(value) if character in ".-/"]
    place = random.choice(places) if places else 0
    return value[:place] + gap.lstrip(" ") + value[place:] if place else value


# The templates of each family, how a value is written in them, and how often each template is used.
FAMILIES: dict[str, tuple[list[str], Writing, int]] = {
    "Portuguese": (sentences.PORTUGUESE, as_it_is, 20),
    "English": (sentences.ENGLISH, as_it_is, 20),
    "Spanish": (sentences.SPANISH, as_it_is, 20),
    "Chinese": (sentences_asian.CHINESE, as_it_is, 20),
    "Japanese": (sentences_asian.JAPANESE, as_it_is, 20),
    "Korean": (sentences_asian.KOREAN, as_it_is, 20),
    "Arabic": (sentences_asian.ARABIC, as_it_is, 20),
    "wide and invisible characters": (sentences_asian.WIDE, wide_or_with_an_invisible_character, 20),
    "logs, data and code": (technical.FOUND, as_it_is, 20),
    "messages, forms and settings": (messages.MIXED, as_it_is, 20),
    "encoded": (technical.ENCODED, percent_encoded, 20),
    "broken over lines": (
        [
            "CPF «cpf», diz a carta.",
            "Meu cartão:\n«card»\nObrigado",
            "tel. «e164» ou «celular»",
            "o CNPJ «cnpj» e mais",
        ],
        broken_over_lines,
        20,
    ),
    "code without personal data": (untouched.CODE, as_it_is, 20),
    "prose without personal data": (untouched.PROSE, as_it_is, 20),
    "Asian prose without personal data": (sentences_asian.ASIAN_LOOKALIKES, as_it_is, 20),
}


def samples(seed: int | str = SEED) -> Iterator[Sample]:
    """The whole corpus, the same for the same seed."""
    for family, (templates, writing, repeats) in FAMILIES.items():
        random = Random(f"{seed} {family}")
        for template in templates:
            for _ in range(repeats):
                yield filled(family, template, writing, random)


def filled(family: str, template: str, writing: Writing, random: Random) -> Sample:
    pieces: list[str] = []
    spans, position, length = [], 0, 0
    for placeholder in PLACEHOLDER.finditer(template):
        before = template[position : placeholder.start()]
        kind, value = made(placeholder[1], random)
        if kind:
            value = writing(random, value)
            spans.append(Span(kind, length + len(before), length + len(before) + len(value)))
        pieces += [before, value]
        length += len(before) + len(value)
        position = placeholder.end()
    return Sample(family, "".join([*pieces, template[position:]]), tuple(spans))


def made(name: str, random: Random) -> tuple[Kind | None, str]:
    if name in LOOKALIKES:
        return None, LOOKALIKES[name](random)
    kind, make = NARROWER.get(name) or (name, VALUES[name])
    return kind, make(random)  # type: ignore[return-value]  # the keys of VALUES are kinds

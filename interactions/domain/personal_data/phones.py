"""Phone numbers: those of Brazil as people write them, and those of every country behind a `+`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interactions.domain.personal_data.country_codes import ZERO_BEGINS, national_lengths
from interactions.domain.personal_data.folding import FILLER
from interactions.domain.personal_data.patterns import DASH_GAP as GAP
from interactions.domain.personal_data.patterns import (
    JOINING,
    LATIN,
    RIGHT,
    Span,
    before,
    beginning,
    compiled,
    words_before,
    words_of,
)

# A mask in front of the plus sign counts as the number that it was: `1+5511…` is a sum.
_INTERNATIONAL = rf"\+(?<![{JOINING}+\]]\+)(?=({FILLER}{{0,2}}\(?[1-9](?:[\s./()-]{{0,4}}+[0-9]){{6,17}}+))"
# Where a number ends, if it can: a line end, a tab or a wide gap divides numbers more often than their groups.
_WIDE_GAP = r"\s*[\n\t\r]|\s{2}"

# The area codes that there are.
_AREA = "(?:1[1-9]|2[12478]|3[1-578]|4[1-9]|5[1345]|6[1-9]|7[134579]|8[1-9]|9[1-9])"
_MOBILE = rf"9{GAP}[0-9]{{4}}{GAP}[0-9]{{4}}"
_FIXED = rf"[2-5][0-9]{{3}}{GAP}[0-9]{{4}}"
_NUMBER = rf"(?:{_MOBILE}|{_FIXED})"
_COUNTRY = rf"(?:\+|00)?55{GAP}"
# 0 before the area code, perhaps with a carrier between them.
_TRUNK = rf"(?:\(0\){GAP}|0(?:[xX]{{2}}|[\s-][1-9][0-9](?=[\s-]))?{GAP})"
_IN_BRACKETS = rf"\(\s?(?:\+?55{GAP})?(?:0(?:[xX]{{2}})?\s?)?{_AREA}\s?\)"
# A number without an area code needs a label, so a letter stands shortly before it.
_LABELLED = rf"(?:{'|'.join(f'(?<=[{LATIN}][^{JOINING}]{{{distance}}})' for distance in range(5))})"
_BEGINNING = rf"(?:(?<=\()|(?<![+][+0-9])(?<!\]\+){beginning('+0-9', 'tel', 'cel', 'fone')})"
# A cheap look ahead, before the alternatives are tried.
_START = (
    r"(?=\+|0[0-9xX\s(-]|55[\s.(-]{0,9}[0-9(]|[1-9][1-9][\s.-]{0,9}[2-59]|[2-59][0-9]{2}|9[\s.-]"
    r"|\((?:[\s+05]|[1-9][1-9]))"
)
_BRAZILIAN = (
    rf"[+(0-9]{_BEGINNING}(?<={_START}(?=("
    rf"(?P<brackets>(?:{_COUNTRY})?{_TRUNK}?{_IN_BRACKETS}{GAP}{_NUMBER})"
    rf"|(?P<country>{_COUNTRY}{_TRUNK}?{_AREA}{GAP}{_NUMBER})"
    rf"|(?P<area>{_TRUNK}?{_AREA}{GAP}(?:{_MOBILE}|(?P<fixed>{_FIXED})))"
    rf"|(?P<local>{_LABELLED}{_NUMBER})"
    rf"){RIGHT})[+(0-9])"
)
_HALVES = r"([2-5][0-9]{3})(?:\s?-\s?|\.)([0-9]{4})"
# A word before a number that makes it a phone number in every spelling.
_LABELS = words_of(
    """
    tel tels telefone telefones telefono teléfono teléfonos fone fones cel cels celular celulares whatsapp whats wpp
    zap zapzap contato contatos contacto ligue liga ligar ligou liguei ligando chame chamar móvil movil llama llamar
    phone phones telephone mobile cell call text sms fax sac
    """
)
# A word before a number that makes it another one.
_OTHER_LABELS = words_of(
    """
    id ids uid gid oid pid uuid guid key chave hash commit seq sequence offset size bytes count total sum timestamp ts
    epoch order orders pedido pedidos protocolo protocol ticket tickets nota nf nfe invoice fatura boleto isbn issn
    ean gtin imei serial série serie sku código codigo code rastreio rastreamento tracking barras barcode account
    conta agência agencia matrícula matricula processo contrato contract lote referência referencia ref reference
    chamado caso case registro rg cnh pis nit cep zip cpf card cartão passport passaporte chapter chapters capítulo
    capitulo capítulos section sections seção page pages página páginas pagina pp verse line lines linha linhas port
    ports porta portas range ranges season seasons temporada years year ano anos from between de entre jan january
    janeiro feb february fev fevereiro mar march março apr april abr abril may mai maio jun june junho jul july julho
    aug august ago agosto sep sept september set setembro oct october out outubro nov november novembro dec december
    dez dezembro item items itens model modelo version versão
    """
)
_FOUR_DIGITS = r"\s[0-9]{4}(?![0-9])"  # read from either side


def international_phones(text: str) -> Iterator[Span]:
    if "+" not in text:
        return
    end = 0
    for candidate in compiled(_INTERNATIONAL).finditer(text):
        start = candidate.start()
        if start >= end and (stop := _end_of_international(text, start, candidate.end(1))):
            end = stop
            yield start, end


def _end_of_international(text: str, start: int, end: int) -> int:
    """The end of the longest prefix, in whole groups, that the plan of its country allows; 0 if there is none."""
    digits = "".join(filter(str.isdecimal, text[start:end]))
    plan = national_lengths(digits)
    if plan is None:
        return 0
    code, lengths = plan
    trunk = code not in ZERO_BEGINS and digits[len(code)] == "0"  # as in +44 (0)20
    head = len(code) + trunk
    if trunk and digits[head] == "0":
        return 0
    best = length = position = 0
    for group in compiled("[0-9]+").finditer(text, start, end):
        if best and compiled(_WIDE_GAP).match(text, position):
            break
        begin, position = group.span()
        length += position - begin
        if (
            length - head in lengths
            and _is_in_plan(code, digits[head:length])
            and compiled(RIGHT).match(text, position)
        ):
            best = position
    return best


def _is_in_plan(code: str, number: str) -> bool:
    if code == "55":
        return compiled(rf"{_AREA}(?:9[0-9]{{8}}|[2-5][0-9]{{7}})").fullmatch(number) is not None
    return code != "1" or compiled("(?:[2-9][0-9]{2}){2}[0-9]{4}").fullmatch(number) is not None


def brazilian_phones(text: str) -> Iterator[Span]:
    end = 0
    for candidate in compiled(_BRAZILIAN).finditer(text):
        start = candidate.start()
        if start >= end and _is_brazilian(text, candidate, end):
            end = candidate.end(1)
            yield start, end


def _is_brazilian(text: str, candidate: re.Match[str], last: int) -> bool:
    """Whether form and context make it a phone number; `last` is where the one before it ends."""
    start, number = candidate.start(), candidate[1]
    previous = text[start - 1] if start else ""
    glued = previous.isalpha() and previous < "\u0250"
    if (candidate["brackets"] or number[0] == "+") and not glued:
        return True
    label = _label(text, start)
    if label is not None or glued:
        return label is True
    if candidate["local"] or _is_part(text, start, previous) or len(set(number)) == 1:
        return False
    if number.isdecimal():
        # Ten digits may be a time, twelve an account: only mobile numbers have a form of their own.
        return (len(number) == 11 and number[2] == "9") or (len(number) == 13 and number[4] == "9")
    if "-" not in number:
        digits = compiled(_FOUR_DIGITS)
        if digits.match(text, candidate.end(1)) or digits.match(before(text, start, min(6, start - last))):
            return False  # a group of a longer number
    if candidate["fixed"] is None:
        return True
    halves = compiled(_HALVES).fullmatch(candidate["fixed"])
    return not _is_range(halves[1], halves[2]) if halves else number[0] == "0"


def _is_part(text: str, start: int, previous: str) -> bool:
    """Whether a mark joins it with what stands on the left, as in `ORD-11912345678`."""
    if previous in ("#", "/", "_"):
        return True
    return (
        previous in (".", ":", "=", "-")
        and start > 1
        and compiled(f"[{JOINING}\\]]").match(text, start - 2) is not None
    )


def _label(text: str, start: int) -> bool | None:
    """Whether the nearest telling word says that a phone number follows; None if there is no such word."""
    for word in words_before(text, start):
        if word in _LABELS:
            return True
        if word in _OTHER_LABELS:
            return False
    return None


def _is_range(low: str, high: str) -> bool:
    """Years such as `2023-2024`, or round numbers such as `4000-5000`."""
    are_years = low[:2] in ("19", "20") and high[:2] in ("19", "20")
    are_round = low.endswith("00") and high.endswith("00")
    return low < high and (are_years or are_round)

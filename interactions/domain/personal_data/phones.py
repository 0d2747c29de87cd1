"""Phone numbers: those of Brazil as people write them, and those of every country behind a `+`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interactions.domain.personal_data.country_codes import ZERO_BEGINS, national_lengths
from interactions.domain.personal_data.patterns import DASH_GAP as GAP
from interactions.domain.personal_data.patterns import JOINING, LATIN, RIGHT, Span, compiled, words_before, words_of

_INTERNATIONAL = rf"\+(?<![{JOINING}+]\+)(?=(\s{{0,3}}\(?[1-9](?:[\s./()-]{{0,4}}+[0-9]){{6,17}}+))"
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
_BEGINNING = rf"(?:(?<=\()|(?<![{JOINING}+][+0-9])|(?<=[TtCc][Ee][Ll][0-9])|(?<=[Ff][Oo][Nn][Ee][0-9]))"
_BRAZILIAN = (
    rf"[+(0-9]{_BEGINNING}(?<=(?=("
    rf"(?P<brackets>(?:{_COUNTRY})?{_TRUNK}?{_IN_BRACKETS}{GAP}{_NUMBER})"
    rf"|(?P<country>{_COUNTRY}{_TRUNK}?{_AREA}{GAP}{_NUMBER})"
    rf"|(?P<area>{_TRUNK}?{_AREA}{GAP}{_NUMBER})"
    rf"|(?P<local>{_LABELLED}{_NUMBER})"
    rf"){RIGHT})[+(0-9])"
)
_FIXED_IN_HALVES = r"([2-5][0-9]{3})(\s?-\s?|\.)([0-9]{4})"
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
_FOUR_DIGITS_AFTER = r"\s[0-9]{4}(?![0-9])"
_FOUR_DIGITS_BEFORE = r"(?<![0-9])[0-9]{4}\s$"
_JOINED_ON_THE_LEFT = rf"(?:[#/_]|[.:=-](?<=[{JOINING}\]].))$"


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
    best, digits, position = 0, "", start
    for group in compiled("[0-9]+").finditer(text, start, end):
        if best and compiled(_WIDE_GAP).match(text, position):
            break
        digits += group[0]
        position = group.end()
        if _is_in_plan(digits) and compiled(RIGHT).match(text, position):
            best = position
    return best


def _is_in_plan(digits: str) -> bool:
    plan = national_lengths(digits)
    if plan is None:
        return False
    code, lengths = plan
    number = digits[len(code) :]
    if code not in ZERO_BEGINS:
        number = number.removeprefix("0")
        if number.startswith("0"):
            return False
    if len(number) not in lengths:
        return False
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
    glued = compiled(f"[{JOINING}]").match(text, start - 1) is not None if start else False
    if (candidate["brackets"] or number.startswith("+")) and not glued:
        return True
    label = _label(text, start)
    if label is not None or glued:
        return label is True
    if candidate["local"] or compiled(_JOINED_ON_THE_LEFT).search(text[max(0, start - 2) : start]):
        return False
    if number.isdecimal():
        # Ten digits may be a time, twelve an account: only mobile numbers have a form of their own.
        return (len(number) == 11 and number[2] == "9") or (len(number) == 13 and number[4] == "9")
    if compiled(_FOUR_DIGITS_AFTER).match(text, candidate.end(1)) or compiled(_FOUR_DIGITS_BEFORE).search(
        text[max(last, start - 6) : start]
    ):
        return False  # a group of a longer number
    if candidate["area"] and (halves := compiled(_FIXED_IN_HALVES).search(number)):
        return not _is_range(halves[1], halves[3])
    return bool(candidate["country"]) or number.startswith("0") or _has_mobile_form(number)


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


def _has_mobile_form(number: str) -> bool:
    digits = "".join(filter(str.isdecimal, number))
    return len(digits) == 11 and digits[2] == "9"

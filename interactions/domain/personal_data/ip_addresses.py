"""IP addresses of both versions, apart from versions of software, numbers of sections, and object identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from socket import AF_INET6, inet_pton

from interactions.domain.personal_data.patterns import (
    JOINING,
    LATIN,
    LOOK_BACK,
    RIGHT,
    Span,
    before,
    compiled,
    word_after,
    words_in,
    words_of,
)

# All that could belong to an address, after a word such as `host:` if there is one.
_IPV6 = (
    rf"[0-9A-Za-z:](?<![{JOINING}\]][0-9A-Za-z:])(?<![{JOINING}:\]]:[0-9A-Za-z:])(?<=(?=(?:[A-Za-z][0-9A-Za-z]{{0,31}}:)??"
    rf"((?=[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f]{{0,4}}:)[0-9A-Fa-f:.]{{2,46}})(?![{JOINING}:]))[0-9A-Za-z:])"
)
_BEGINNING = rf"(?:(?<![{JOINING}][0-9])|(?<=[Ii][Pp][0-9])(?<![{JOINING}][Ii][Pp][0-9]))"
_RUN = rf"[0-9]{_BEGINNING}(?<![0-9]\.[0-9])[0-9]*+(?:\.[0-9]++){{3}}+((?:\.[0-9]++)++)?+{RIGHT}"
_OCTETS = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
# Of the network 0.0.0.0/8 only the address that stands for all is in use.
_IPV4 = rf"(?!0){_OCTETS}(?:\.{_OCTETS}){{3}}|0\.0\.0\.0"
# The first arcs of the object identifiers in use. Nearly all of them are longer than an address, or begin with these.
_OID_BEGINNINGS = ("1.3.6.1", "1.2.840", "2.5.4", "2.5.29", "2.16.840", "1.3.14", "1.3.132", "2.23.140", "0.9.2342")
_OID = rf"(?:{'|'.join(map(re.escape, _OID_BEGINNINGS))})(?:\.|$)"
# Networks that no number of a version or an identifier contains but by accident.
_PRIVATE = ("192.168.", "127.0.0.1", *(f"172.{block}." for block in range(16, 32)))
_PRIVATE_FOUR = r"(?<![0-9])(?:192\.168|127\.0|172\.(?:1[6-9]|2[0-9]|3[01]))\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9])"

_VERSION_WORDS = words_of(
    """
    version versions versão versao versões versión versiones ver v release releases released build builds rev revision
    revisão firmware fw driver drivers kernel patch upgrade upgraded upgrading update updated atualizado oid oids
    algorithm section sections sec seção secao seções sección seccion clause clauses cláusula cláusulas item itens
    chapter chapters capítulo capitulo paragraph parágrafo artigo article appendix annex anexo figure fig figura table
    tabela step chrome chromium firefox safari edge opera brave windows android ios ipados macos office java jdk
    itunes photoshop
    """
)
_VERSION = ("version", "versions", "versão", "versión")  # of which names are made: `fileVersion`
_BETWEEN_WORDS = words_of(
    """
    is to number of the no nº do da de é es la el a in on for from desde para número
    """
)
_ADDRESS_WORDS = words_of(
    """
    ip ips ipv4 ipaddress addr address addresses endereço endereços dirección
    """
)
_NETWORK_WORDS = words_of(
    """
    host hostname hosts server servers servidor servidores client clients cliente peer remote dns nameserver gateway
    router roteador inet ping listen bind allow deny block bloquear
    """
)
# Words of languages that write them together with others.
_VERSION_SIGNS = ("版", "バージョン", "버전", "إصدار", "更新", "升级", "アップデート", "업데이트", "第")
_NETWORK_SIGNS = ("地址", "服务器", "アドレス", "サーバ", "서버", "주소", "خادم", "عنوان")
# Before numbers that are all small; an address of a network 10.0.0.0/8 is none of these.
_PRODUCT_WORDS = words_of(
    """
    node nodejs npm postgres postgresql mysql mariadb mongodb redis kafka elasticsearch nginx apache python php
    ruby perl
    golang rust docker kubernetes terraform ansible gcc clang llvm openssl ubuntu debian fedora rhel centos
    alpine dotnet
    react vue angular django rails spring jenkins gitlab excel outlook word teams zoom skype unity blender
    webkit electron
    cuda nvidia wordpress drupal magento v8
    """
)
# What stands before a version: an operator, a product as in `Chrome/139.0.0.0`, or another version of a list. It may be
# a package too, as in `api-1.2.3.4`. These patterns read from the right.
_LISTED = r"(?: ?,| (?:dna|ro|ot|e|a|y|uo|>-|→|-) ,?|-)"
_BEFORE = (
    r"(?P<version>[\"']?\s?(?:=[=><~!]|>=|\^|~|§)"
    rf"|/[{LATIN}0-9_+.-]*[A-Za-z](?:$|[\s;(\"'])"
    rf"|{_LISTED}[0-9]+\.[0-9]+\.[0-9]+(?![0-9.])"
    r"|[ ,]{1,2}[0-9]{3,5} ?CFR"
    r")"
    r"|(?P<package>[_-][A-Za-z]|:[\w.-]*[A-Za-z][\w-]*/)"
    r"|@(?P<account>[\w.-]+)"
    r"|(?P<decimal>[ ,a-zA-Z-]?[0-9]+\.[0-9]*[ ,a-zA-Z-])"
    r"|(?P<word>(?:[^\w\[\]\n]|_)*+[^\W\d_])"
)
# The same behind another number and a space, where little else can stand; and `bump foo to 1.2.3.4`.
_BEHIND_A_NUMBER = r" (?:(?P<version> ?[0-9]{3,5} ?CFR)|(?P<decimal>[0-9]+\.[0-9]*[ ,a-zA-Z-]))"
_BUMPED = r"(?P<version>(?: ot| ->| arap|) [^\n]{1,30}(?<![a-z])(?:hctap|edargpu|etadpu|pmub)(?![a-z]))"
# `node@20.1.0.112` is a package, `root@20.1.0.112` an account.
_ACCOUNTS = words_of(
    """
    root admin ubuntu debian user usuario deploy pi git ec2-user centos guest operator postgres
    """
)
_INSTALLERS = frozenset(["npm", "npx", "yarn", "pnpm", "bun", "install", "add"])
_REMOTE_SHELLS = frozenset(["ssh", "scp", "sftp", "rsync", "mosh", "sshfs"])
_SUFFIX = (
    rf"[_+-][{LATIN}]|=[A-Za-z]|\s?(?:[节章節条項版]|バージョン|버전)"
    r"|,? (?:of|in|from|do|da|del|no|na|en) (?:(?:the|o|a|la|el) )?"
    r"(?i:rfc|manual|spec|standard|handbook|guide|edital|norma|lei)"
    r"|\.(?:tar|t?gz|zip|jar|whl|deb|rpm|exe|dmg|msi|dll|so|nupkg|apk|pkg|post|dev|rc)"
)
_TELLING_AFTER = rf"[_+=.-]|\s?[{LATIN}节章節条項版バ버\"')]|\.[a-z]"
# An SVG path writes decimals without a space between them, a document the numbers of its headings.
_DECIMAL = r"[ ,-]?-?[0-9]*\.[0-9]"
_HEADING = r"\.[ \t]+[A-Z][a-z]"
_WORDS_AFTER = frozenset(["release", "build", "version", "firmware"])


def ipv6_addresses(text: str) -> Iterator[Span]:
    if not compiled(":[0-9A-Fa-f]{0,4}:").search(text):
        return
    end = 0
    for candidate in compiled(_IPV6).finditer(text):
        start = candidate.start(1)
        if start < end:
            continue
        address = candidate[1]
        # A sentence may go on with a dot or a colon.
        if not (length := _length_of_ipv6(address.rstrip("."))) and "." in address:
            length = _length_of_ipv6(address.partition(".")[0])
        stop = start + length
        # What is behind a colon belongs to it, a mask too.
        if length and ":[" not in text[stop - 1 : stop + 2]:
            end = stop
            yield start, end


def _length_of_ipv6(address: str) -> int:
    if _is_ipv6(address):
        return len(address)
    return len(address) - 1 if address.endswith(":") and _is_ipv6(address[:-1]) else 0


def _is_ipv6(address: str) -> bool:
    """With fewer than three groups it has to be one that is in use: `1::2` is a slice, and `ada::bed` a name in C++."""
    colons = address.count(":")
    if not (6 <= colons <= 8 or (2 <= colons < 6 and "::" in address)):
        return False
    try:
        block = int.from_bytes(inet_pton(AF_INET6, address)[:2])
    except OSError:
        return False
    if colons > 3:
        return colons != 7 or any(len(group) != 2 for group in address.split(":"))  # not a hardware address of 8 bytes
    if "." in address or address == "::1" or sum(map(bool, address.split(":"))) > 2:
        return True
    return block >> 13 == 0b001 or block >> 9 == 0xFC >> 1 or block >> 6 == 0xFE80 >> 6  # global, of a site, of a link


def ipv4_addresses(text: str) -> Iterator[Span]:
    if "." not in text:
        return
    version_end = -8
    is_ipv4 = compiled(_IPV4).fullmatch
    for run in compiled(_RUN).finditer(text):
        start, end = run.span()
        if end - start > 15 or run[1] is not None:
            yield from _in_long_run(text, start, run[0])
        elif is_ipv4(text, start, end):
            listed = version_end > start - 8 and compiled(_LISTED).fullmatch(text[version_end:start][::-1])
            if listed or _is_version(text, start, end):
                version_end = end
            else:
                yield start, end


def _in_long_run(text: str, start: int, run: str) -> Iterator[Span]:
    """Addresses that dots join with other numbers: those of private networks, then the rest in fours.

    A part between two addresses is judged as it will be when they are masked, so that masking twice changes nothing.
    """
    groups = [(start + group.start(), start + group.end()) for group in compiled("[0-9]+").finditer(run)]
    first = position = 0
    for private in compiled(_PRIVATE_FOUR).finditer(run):
        begin = start + private.start()
        while groups[position][0] < begin:
            position += 1
        if position + 4 <= len(groups) and _is_ipv4(text, begin, start + private.end()):
            yield from _in_fours(text, groups[first:position])
            yield begin, start + private.end()
            first = position + 4
    yield from _in_fours(text, groups[first:])


def _in_fours(text: str, groups: list[Span]) -> Iterator[Span]:
    """The addresses in groups of which each four make one, perhaps with a port behind the only one."""
    if len(groups) == 5:
        begin, stop = groups.pop()
        if not (stop - begin < 6 and 255 < int(text[begin:stop]) < 65536):
            return
    if len(groups) not in (4, 8, 12, 16) or (len(groups) > 4 and compiled(_OID).match(text, groups[0][0])):
        return
    for position in range(0, len(groups), 4):
        begin, stop = groups[position][0], groups[position + 3][1]
        if _is_ipv4(text, begin, stop) and not _is_version(text, begin, stop):
            yield begin, stop


def _is_ipv4(text: str, start: int, end: int) -> bool:
    return compiled(_IPV4).fullmatch(text, start, end) is not None


def _is_oid(text: str, start: int, end: int) -> bool:
    return text.startswith(_OID_BEGINNINGS, start) and compiled(_OID).match(text, start, end) is not None


def _is_version(text: str, start: int, end: int) -> bool:
    """Whether the context says that this is a version, a section or an object identifier."""
    window = before(text, start, LOOK_BACK)
    context = _context(window)
    tells = text[end : end + 1] not in ":,;/)\n" and compiled(_TELLING_AFTER).match(text, end)
    if not (context or tells or _is_oid(text, start, end)):
        return False  # the usual case: nothing beside it tells anything
    if text.startswith(_PRIVATE, start):
        return False
    kind = context.lastgroup if context else None
    if kind == "version" or (kind == "decimal" and compiled(_DECIMAL).match(text, end)):
        return True
    if window[:1] in ("", "\n", ">") and compiled(_HEADING).match(text, end):
        return True
    words = [word for word in words_in(window) if word not in _BETWEEN_WORDS]
    return _is_version_in(context, words, text, start, end)


def _context(window: str) -> re.Match[str] | None:
    """What stands directly before an address, read from the right; the first group that matches names it."""
    # `or` takes a third of the time of `any`.
    may_be_bumped = "hctap" in window or "edargpu" in window or "etadpu" in window or "pmub" in window
    if may_be_bumped and (bumped := compiled(_BUMPED).match(window)):
        return bumped
    follows_number = window[:1] == " " and window[1:2].isdecimal()
    return compiled(_BEHIND_A_NUMBER if follows_number else _BEFORE).match(window)


def _is_version_in(context: re.Match[str] | None, words: list[str], text: str, start: int, end: int) -> bool:
    word = words[0] if words else ""
    if word in _ADDRESS_WORDS or (word > "\u0600" and any(sign in word for sign in _NETWORK_SIGNS)):
        return False
    if _is_oid(text, start, end):
        return True
    if word in _NETWORK_WORDS and words[:2] != ["server", "sql"]:
        return False
    if word in _VERSION_WORDS or word.endswith(_VERSION) or (len(words) > 1 and words[1].endswith(_VERSION)):
        return True
    if word > "\u0600" and any(sign in each for each in words[:2] for sign in _VERSION_SIGNS):
        return True
    if compiled(_SUFFIX).match(text, end):
        return True
    return _is_of_a_product(context, words, text, start, end)


def _is_of_a_product(context: re.Match[str] | None, words: list[str], text: str, start: int, end: int) -> bool:
    """Whether small numbers are the version of a package or a program that is named before them."""
    first = int(text[start : text.index(".", start)])
    if first >= 40:
        return False
    kind = context.lastgroup if context else None
    if context and kind == "account":
        if not _INSTALLERS.isdisjoint(words):
            return True
        return first != 10 and context["account"][::-1] not in _ACCOUNTS and _REMOTE_SHELLS.isdisjoint(words)
    is_named = words[:2] == ["server", "sql"] or (words and words[0] in _PRODUCT_WORDS)
    if is_named and text[start - 1] == " " and first != 10:
        return all(int(group) < 40 for group in text[start:end].split(".")[:3])
    return kind == "package" or (first != 10 and word_after(text, end) in _WORDS_AFTER)

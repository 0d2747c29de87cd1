"""The groups of AWS's managed rules that the firewall has: names, labels, actions and capacities as documented.

https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.infra.firewall import signatures as looks_for
from tests.infra.firewall.request import Request
from tests.infra.firewall.signatures import sees

# A request, and how many bytes of its body WAF is given.
Test = Callable[[Request, int], bool]


@dataclass(frozen=True)
class ManagedRule:
    name: str
    label: str
    sees: Test
    action: str = "block"


@dataclass(frozen=True)
class ManagedGroup:
    capacity: int
    rules: tuple[ManagedRule, ...]


def _body(request: Request, limit: int) -> Iterable[str]:
    # The rules go on with what they are given of a body that is larger.
    return [request.body[:limit].decode("utf-8", "replace")]


def _headers(request: Request, limit: int) -> Iterable[str]:
    return [text for header in request.headers.items() for text in header]


def _named(header: str) -> Callable[[Request, int], Iterable[str]]:
    return lambda request, limit: [request.headers.get(header, "")]


# What a rule's name ends in: where it looks, and what its label ends in instead.
_PLACES: dict[str, tuple[Callable[[Request, int], Iterable[str]], str]] = {
    "BODY": (_body, "Body"),
    "COOKIE": (_named("cookie"), "Cookie"),
    "HEADER": (_headers, "Header"),
    "QUERYARGUMENTS": (lambda request, limit: request.arguments(), "QueryArguments"),
    "QUERYSTRING": (lambda request, limit: [request.query], "QueryString"),
    "URIPATH": (lambda request, limit: [request.path], "URIPath"),
}


def _pattern(namespace: str, name: str, pattern: re.Pattern[str]) -> ManagedRule:
    """A rule that looks for a pattern in the place that its name ends in."""
    about, _, place = name.rpartition("_")
    texts, ending = _PLACES[place]
    return ManagedRule(
        name,
        f"{_PREFIX}{namespace}:{about}_{ending}",
        lambda request, limit: any(sees(pattern, text) for text in texts(request, limit)),
    )


def _test(namespace: str, name: str, label: str, test: Test, action: str = "block") -> ManagedRule:
    return ManagedRule(name, f"{_PREFIX}{namespace}:{label}", test, action)


def _larger(part: Callable[[Request], bytes | str], size: int) -> Test:
    return lambda request, limit: len(part(request)) > size


def _header_sees(header: str, pattern: re.Pattern[str]) -> Test:
    return lambda request, limit: sees(pattern, request.headers.get(header, ""))


def _never(request: Request, limit: int) -> bool:
    """AWS has the list, and changes it: here no address is on one."""
    return False


_PREFIX = "awswaf:managed:aws:"
_IPS, _BAD, _CORE, _SQL = "amazon-ip-list", "known-bad-inputs", "core-rule-set", "sql-database"

# In the order of the documentation's tables, where the first that blocks ends the evaluation.
GROUPS: dict[str, ManagedGroup] = {
    "AWSManagedRulesAmazonIpReputationList": ManagedGroup(
        25,
        (
            _test(_IPS, "AWSManagedIPReputationList", "AWSManagedIPReputationList", _never),
            _test(_IPS, "AWSManagedReconnaissanceList", "AWSManagedReconnaissanceList", _never),
            _test(_IPS, "AWSManagedIPDDoSList", "AWSManagedIPDDoSList", _never, "count"),
        ),
    ),
    "AWSManagedRulesKnownBadInputsRuleSet": ManagedGroup(
        200,
        (
            _pattern(_BAD, "JavaDeserializationRCE_HEADER", looks_for.JAVA_DESERIALIZATION),
            _pattern(_BAD, "JavaDeserializationRCE_BODY", looks_for.JAVA_DESERIALIZATION),
            _pattern(_BAD, "JavaDeserializationRCE_URIPATH", looks_for.JAVA_DESERIALIZATION),
            _pattern(_BAD, "JavaDeserializationRCE_QUERYSTRING", looks_for.JAVA_DESERIALIZATION),
            _test(_BAD, "Host_localhost_HEADER", "Host_Localhost_Header", _header_sees("host", looks_for.LOCALHOST)),
            _test(_BAD, "PROPFIND_METHOD", "Propfind_Method", lambda request, limit: request.method == "PROPFIND"),
            _pattern(_BAD, "ExploitablePaths_URIPATH", looks_for.EXPLOITABLE_PATHS),
            _pattern(_BAD, "Log4JRCE_HEADER", looks_for.LOG4J),
            _pattern(_BAD, "Log4JRCE_QUERYSTRING", looks_for.LOG4J),
            _pattern(_BAD, "Log4JRCE_BODY", looks_for.LOG4J),
            _pattern(_BAD, "Log4JRCE_URIPATH", looks_for.LOG4J),
            _pattern(_BAD, "ReactJSRCE_BODY", looks_for.REACT),
        ),
    ),
    "AWSManagedRulesCommonRuleSet": ManagedGroup(
        700,
        (
            _test(
                _CORE,
                "NoUserAgent_HEADER",
                "NoUserAgent_Header",
                lambda request, limit: not request.headers.get("user-agent"),
            ),
            _test(_CORE, "UserAgent_BadBots_HEADER", "BadBots_Header", _header_sees("user-agent", looks_for.BAD_BOTS)),
            _test(
                _CORE,
                "SizeRestrictions_QUERYSTRING",
                "SizeRestrictions_QueryString",
                _larger(lambda request: request.query, 2048),
            ),
            _test(
                _CORE,
                "SizeRestrictions_Cookie_HEADER",
                "SizeRestrictions_Cookie_Header",
                _larger(lambda request: request.headers.get("cookie", ""), 10_240),
            ),
            _test(_CORE, "SizeRestrictions_BODY", "SizeRestrictions_Body", _larger(lambda request: request.body, 8192)),
            _test(
                _CORE,
                "SizeRestrictions_URIPATH",
                "SizeRestrictions_URIPath",
                _larger(lambda request: request.path, 1024),
            ),
            _pattern(_CORE, "EC2MetaDataSSRF_BODY", looks_for.METADATA),
            _pattern(_CORE, "EC2MetaDataSSRF_COOKIE", looks_for.METADATA),
            _pattern(_CORE, "EC2MetaDataSSRF_URIPATH", looks_for.METADATA),
            _pattern(_CORE, "EC2MetaDataSSRF_QUERYARGUMENTS", looks_for.METADATA),
            _pattern(_CORE, "GenericLFI_QUERYARGUMENTS", looks_for.LOCAL_FILES),
            _pattern(_CORE, "GenericLFI_URIPATH", looks_for.LOCAL_FILES),
            _pattern(_CORE, "GenericLFI_BODY", looks_for.LOCAL_FILES),
            _pattern(_CORE, "RestrictedExtensions_URIPATH", looks_for.RESTRICTED_EXTENSIONS),
            _pattern(_CORE, "RestrictedExtensions_QUERYARGUMENTS", looks_for.RESTRICTED_EXTENSIONS),
            _pattern(_CORE, "GenericRFI_QUERYARGUMENTS", looks_for.REMOTE_FILES),
            _pattern(_CORE, "GenericRFI_BODY", looks_for.REMOTE_FILES),
            _pattern(_CORE, "GenericRFI_URIPATH", looks_for.REMOTE_FILES),
            _pattern(_CORE, "CrossSiteScripting_COOKIE", looks_for.CROSS_SITE_SCRIPTING),
            _pattern(_CORE, "CrossSiteScripting_QUERYARGUMENTS", looks_for.CROSS_SITE_SCRIPTING),
            _pattern(_CORE, "CrossSiteScripting_BODY", looks_for.CROSS_SITE_SCRIPTING),
            _pattern(_CORE, "CrossSiteScripting_URIPATH", looks_for.CROSS_SITE_SCRIPTING),
        ),
    ),
    "AWSManagedRulesSQLiRuleSet": ManagedGroup(
        200,
        (
            _pattern(_SQL, "SQLi_QUERYARGUMENTS", looks_for.SQL),
            _pattern(_SQL, "SQLiExtendedPatterns_QUERYARGUMENTS", looks_for.SQL_EXTENDED),
            _pattern(_SQL, "SQLi_BODY", looks_for.SQL),
            _pattern(_SQL, "SQLiExtendedPatterns_BODY", looks_for.SQL_EXTENDED),
            _pattern(_SQL, "SQLi_COOKIE", looks_for.SQL),
            _pattern(_SQL, "SQLi_URIPATH", looks_for.SQL),
        ),
    ),
}

"""IP addresses are found in logs, URLs and settings; versions, sections and object identifiers are left alone."""

from __future__ import annotations

import pytest

from interactions.domain.redaction import parse_policy, redact

IP = parse_policy("ip=mask")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('203.0.113.7 - - "GET / HTTP/1.1" 200', '[IP] - - "GET / HTTP/1.1" 200'),
        ("http://203.0.113.7:8080/health", "http://[IP]:8080/health"),
        ("DB_HOST=10.0.0.5", "DB_HOST=[IP]"),
        ('"bind": "0.0.0.0"', '"bind": "[IP]"'),
        ("10.0.0.0/8 via 192.168.1.1", "[IP]/8 via [IP]"),
        ("ssh root@20.1.0.112", "ssh root@[IP]"),
        ("dig @1.1.1.1 example.com", "dig @[IP] example.com"),
        ("ping 8.8.8.8 and 1.1.1.1", "ping [IP] and [IP]"),
        ("from 1.2.3.4 to 5.6.7.8", "from [IP] to [IP]"),
        ("a range 10.0.0.1-10.0.0.9", "a range [IP]-[IP]"),
        ("the IP version 2 host 5.4.3.2 is down", "the IP version 2 host [IP] is down"),
        ("http://[2001:db8::1]:443/", "http://[[IP]]:443/"),
        ("inet6 fe80::1ff:fe23:4567:890a/64", "inet6 [IP]/64"),
        ("fe80::1%eth0", "[IP]%eth0"),
        ("::ffff:192.0.2.1", "[IP]"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "[IP]"),
        ("1.3.6.1.2.1.4.20.1.1.192.168.0.1", "1.3.6.1.2.1.4.20.1.1.[IP]"),
        ("サーバー203.0.113.7に接続", "サーバー[IP]に接続"),
    ],
)
def test_addresses_are_found(text: str, masked: str) -> None:
    assert redact(text, IP).text == masked


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Chrome 139.0.0.0 crashes",
            "Chrome/139.0.0.0 Safari/537.36",
            "section 4.3.2.1 of the RFC",
            "§ 4.3.2.1",
            "RFC 7540 8.1.2.4",
        ),
        *("OIDs such as 2.5.4.3", "1.3.6.1.4.1.311", "2.5.29.17", "pkg==1.2.3.4", "pkg >= 1.2.3.4", "node@20.1.0.112"),
        *(
            "v1.2.3.4",
            "version 1.2.3.4",
            "Version=4.0.0.0, Culture=neutral",
            '"version": "1.2.3.4"',
            "<version>1.2.3.4</version>",
        ),
        *(
            'AssemblyVersion("1.2.3.4")',
            "kernel 5.4.3.2",
            "app-1.2.3.4.tar.gz",
            "app_1.2.3.4_amd64.deb",
            "1.2.3.4-beta",
        ),
        *(
            "registry.example.com/api:1.2.3.4",
            "versions 1.2.3.4 and 1.2.3.5",
            "upgrade from 1.2.3.4 to 1.2.3.5",
            "1.2.3, 1.2.3.4",
        ),
        *(
            "a versão 1.2.3.4",
            "la versión 1.2.3.4",
            "版本1.2.3.4",
            "バージョン1.2.3.4",
            "第4.3.2.1节",
            "\n4.3.2.1. Names",
        ),
        *(
            "256.1.1.1",
            "1.2.3",
            "01.2.3.4",
            "1.2.3.4.5.6",
            "12:30:45",
            "xs[1::2]",
            "std::vector",
            "ada::bed",
            "00:1a:2b:3c:4d:5e",
        ),
        "50:06:01:60:3b:20:11:22",
    ],
)
def test_what_only_looks_like_an_address_is_left(text: str) -> None:
    assert redact(text, IP).text == text

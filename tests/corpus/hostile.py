"""Texts made to cost time: repeats of what the patterns begin with, long runs, and mixtures."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.corpus.values import VALUES

# Values of every kind, right and wrong, and labels: each prefix of each is repeated.
WHOLE = [
    "529.982.247-25 ",
    "52998224725 ",
    "529 982 247 25 ",
    "123.456.789-00,",
    "CPF52998224725 ",
    "11.222.333/0001-81 ",
    "11222333000181 ",
    "12.345.678/0001-00 ",
    "12.abc.345/01de-35 ",
    "AB CDE FGH IJKL 12 ",
    "4111 1111 1111 1111 ",
    "4111111111111111 ",
    "4000-4000-",
    "4000 4000 4000 4000 x ",
    "3782 822463 10005 ",
    "card4111",
    "(11) 91234-5678 ",
    "11 91234-5678 ",
    "11912345678 ",
    "+55 (11) 91234-5678 ",
    "tel 1131234567 ",
    "0xx11 3123-4567 ",
    "+351 912 345 678 ",
    "+49 30 1 2 3 4 5 6 7 8 ",
    "+1 (415) 555-0132 ",
    "tel: 3123-4567 ",
    "11 2023-2024 ",
    "ana@example.com ",
    "a&b/c=d@example.com ",
    "用户@例え.jp",
    '"a b"@c.de ',
    "ana%40example.com ",
    "a@b.c@d.e@",
    "192.168.0.1 ",
    "1.1.1.1 ",
    "1.1.1.1, ",
    "version 1.2.3.4 ",
    "1.1.1.1.1.1.1.1.",
    "10.0.0.1:80 ",
    "pkg@1.2.3.4 ",
    "[::1] ",
    "2001:db8::1 ",
    "1:2:3:4:5:6:7:8 ",
    "::ffff:1.2.3.4 ",
    "a:b:c:d:e:f:",
    "fe80::",
    "0:0:0:0:0:0:0:0:",
]
UNITS = [
    "1",
    "12 ",
    "1 ",
    "1.",
    "1-",
    "1/",
    "1\n",
    "1\t",
    "11 ",
    "111 ",
    "1111 ",
    "9",
    "4",
    "0",
    "55",
    "(",
    ")",
    "+",
    "+1",
    "((11) ",
    "@",
    "a@",
    "@a",
    "@a.",
    "a@b.",
    "a.",
    "a",
    "A",
    "A1 ",
    ".",
    "..",
    ":",
    "::",
    "a:",
    "f:",
    "-",
    "a-",
    "_",
    "%",
    "%40",
    "%2",
    "=a@b.co",
    "\\n",
    "\\u0040",
    "&#64;",
    "&",
    " ",
    "\n",
    "\x1f",
    "[",
    "]",
    "[IP]",
    "[CPF].",
    '"',
    "é",
    "e\u0301",
    "ª",
    "１",
    "１２３ ",
    "＠",
    "ａ＠",
    "\u200b",
    "1\u200b",
    "a\u200b",
    "a\u200b@",
    "\u20601.",
    "\u00ad4",
    "٣",
    "３.",
    "🙂",
    "👩\u200d💻",
    "𝟏",
    "漢",
    "漢1",
    "漢@",
    "한@a.",
    "あ@あ.",
]
INVISIBLE = ["\u200b", "\u2060"]


def hostile_texts(length: int, seed: int = 2026) -> Iterator[tuple[str, str]]:
    """A name and a text of this many characters each; more than 200 of them."""
    random = Random(seed)
    units = dict.fromkeys([*UNITS, *WHOLE])
    for whole in WHOLE:
        units |= dict.fromkeys(whole[:end] for end in range(2, len(whole), 3))
    for unit in units:
        yield repr(unit), (unit * (length // len(unit) + 1))[:length]
    for unit in WHOLE:
        wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in unit)
        yield f"wide {wide!r}", (wide * (length // len(wide) + 1))[:length]
        thin = INVISIBLE[0].join(unit)
        yield f"thin {thin!r}", (thin * (length // len(thin) + 1))[:length]
    for _ in range(20):
        alphabet = "".join(random.sample("0123456789.-/ ()+@abcxyzAF:[]=%\n\u200b１＠é漢", random.randrange(2, 12)))
        yield f"random {alphabet!r}", "".join(random.choices(alphabet, k=length))
    for kind, value in VALUES.items():
        values = " ".join(value(random) for _ in range(length // 16))
        yield f"values of {kind}", (values * 2)[:length]
    yield "all characters", "".join(map(chr, random.choices([*range(0x20, 0xD800), *range(0xE000, 0x1FFFF)], k=length)))

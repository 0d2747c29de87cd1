"""Made-up personal data in the spellings that people use. Check digits are computed here, not by the service."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address
from random import Random
from unicodedata import normalize

FIRST_NAMES = [
    "ana",
    "joao",
    "maria",
    "pedro",
    "lucia",
    "kim",
    "taro",
    "john",
    "wei",
    "omar",
    "carlos",
    "beatriz",
    "liam",
]
LAST_NAMES = ["silva", "souza", "oliveira", "smith", "garcia", "lopez", "tanaka", "park", "wang", "hassan", "obrien"]
DOMAINS = [
    *("example.com", "exemplo.com.br", "gmail.com", "empresa.com.br", "mail.example.co.uk", "example.org"),
    *(
        "uni-campus.edu",
        "dept.example.net",
        "example.jp",
        "example.co.kr",
        "example.cn",
        "correo.example.es",
        "163.com",
    ),
    *("startup.io", "loja.shop", "exemplo.gov.br", "outlook.com", "example.sa", "minha-empresa.adv.br"),
]
# Area codes of the national plan, without those that are not assigned.
AREAS = [
    "11",
    "12",
    "15",
    "19",
    "21",
    "24",
    "27",
    "31",
    "34",
    "41",
    "47",
    "48",
    "51",
    "61",
    "62",
    "71",
    "81",
    "85",
    "91",
    "98",
]


def digits(random: Random, count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


def email(random: Random) -> str:
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    local = random.choice(
        [
            *[f"{first}.{last}", first, f"{first[0]}{last}", f"{first}{random.randrange(1950, 2012)}"] * 3,
            *(f"{first}_{last}", f"{first}-{last}", f"{first}+news", f"{last}.{first}{random.randrange(99)}"),
            *("o'brien", "joão.conceição", f"{first}&{last}", f"{first}/{last}", f"{first}.{last}!x", "r&d", "josé"),
        ]
    )
    address = f"{local}@{random.choice(DOMAINS)}"
    return random.choice([address] * 18 + [address.upper(), normalize("NFD", address)])


def check_digit(values: list[int], weights: int) -> int:
    """By weights from 2 on the right, which begin again after the highest (Receita Federal, modulo 11)."""
    rest = sum(value * (2 + i % (weights - 1)) for i, value in enumerate(reversed(values))) % 11
    return 0 if rest < 2 else 11 - rest


def with_check_digits(body: str, weights: int) -> str:
    for _ in range(2):
        body += str(check_digit([ord(character) - 48 for character in body], weights))
    return body


def luhn(body: str) -> str:
    values = [int(digit) for digit in reversed(body)]
    total = sum(sum(divmod(2 * value, 10)) if i % 2 == 0 else value for i, value in enumerate(values))
    return body + str(-total % 10)


def cpf(random: Random) -> str:
    a, b, c, d = split(with_check_digits(digits(random, 9), weights=11), 3, 3, 3, 2)
    return random.choice(
        [
            *[f"{a}.{b}.{c}-{d}"] * 10,
            *[a + b + c + d] * 4,
            *(f"{a}{b}{c}-{d}", f"{a} {b} {c} {d}", f"{a} {b} {c}-{d}", f"{a}.{b}.{c}/{d}", f"{a}-{b}-{c}-{d}"),
            f"{a}.{b}.{c} - {d}",
        ]
    )


def cnpj(random: Random) -> str:
    alphabet = "0123456789ABCDEFGHJKLMNPRSTVWXYZ" if random.random() < 0.12 else "0123456789"
    root = "".join(random.choices(alphabet, k=8))
    branch = random.choice(["0001"] * 6 + ["0002", "0013", "0160"])
    a, b, c, d, e = split(with_check_digits(root + branch, weights=9), 2, 3, 3, 4, 2)
    official = f"{a}.{b}.{c}/{d}-{e}"
    if root.isalpha():  # a spelling without marks is a word to every reader
        return official
    return random.choice(
        [
            *[official] * 9,
            *[a + b + c + d + e] * 3,
            *(f"{a}{b}{c}/{d}-{e}", f"{a} {b} {c}/{d}-{e}", f"{a}.{b}.{c}.{d}-{e}", f"{a} {b} {c} {d} {e}"),
        ]
    )


# First digits and length of the networks that people in Brazil and abroad have.
CARDS = [
    *[("4", 16), ("5", 16)] * 4,
    *(("37", 15), ("34", 15), ("2223", 16), ("36", 14), ("3011", 14), ("6011", 16), ("6504", 16), ("3530", 16)),
    *(("6362", 16), ("5067", 16), ("6062", 16), ("6221", 16)),
]


def card(random: Random) -> str:
    first, length = random.choice(CARDS)
    if first == "5":
        first += random.choice("12345")
    number = luhn(first + digits(random, length - 1 - len(first)))
    sizes = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}[length]
    return random.choice([" "] * 6 + [""] * 5 + ["-"] * 3 + [".", "\u00a0"]).join(split(number, *sizes))


def ipv4(random: Random) -> str:
    private = [f"10.{random.randrange(256)}", f"192.168.{random.randrange(9)}", f"172.{random.randrange(16, 32)}"]
    public = [f"{random.randrange(23, 223)}.{random.randrange(256)}", f"{random.choice([8, 1, 4, 18, 20])}"]
    parts = random.choice([*private, *public * 2, "127.0.0"]).split(".")
    return ".".join([*parts, *(str(random.randrange(1, 255)) for _ in range(4 - len(parts)))])


def ipv6(random: Random) -> str:
    block = random.choice([0x20010DB8, 0x26001F18, 0x2A010C22, 0xFE800000, 0xFD12ABCD])
    middle = 0 if random.random() < 0.7 else random.getrandbits(64)
    address = IPv6Address((block << 96) | (middle << 32) | random.getrandbits(random.choice([8, 16, 32])))
    text = random.choice([address.compressed] * 5 + [address.exploded, address.compressed.upper()])
    return random.choice([text] * 9 + ["::1", f"::ffff:{ipv4(random)}"])


def ip(random: Random) -> str:
    return ipv6(random) if random.random() < 0.2 else ipv4(random)


def brazilian_phone(random: Random) -> str:
    area = random.choice(AREAS)
    if random.random() < 0.25:
        a, b = random.choice("2345") + digits(random, 3), digits(random, 4)
        return random.choice(
            [f"({area}) {a}-{b}"] * 4
            + [
                f"({area}){a}-{b}",
                f"(0{area}) {a}-{b}",
                f"{area} {a}-{b}",
                f"+55 {area} {a}-{b}",
                f"+55 ({area}) {a}-{b}",
            ]
            + [f"0{area} {a}-{b}", f"0xx{area} {a}-{b}", f"({area}) {a}.{b}", f"({area}) {a} {b}", f"+55{area}{a}{b}"]
        )
    a, b = "9" + digits(random, 4), digits(random, 4)
    return random.choice(
        [f"({area}) {a}-{b}"] * 5
        + [f"({area}){a}-{b}", f"{area} {a}-{b}", f"{area}{a}{b}", f"+55 {area} {a}-{b}", f"+55{area}{a}{b}"] * 2
        + [f"+55 ({area}) {a}-{b}", f"({area}) 9 {a[1:]}-{b}", f"{area} 9 {a[1:]}-{b}", f"{area}-{a}-{b}"]
        + [f"{area} {a} {b}", f"({area}) {a} {b}", f"{area} {a}{b}", f"({area}) {a}{b}", f"{area}.{a}.{b}"]
        + [f"0{area} {a}-{b}", f"+55-{area}-{a}-{b}", f"55{area}{a}{b}", f"55 {area} {a}-{b}", f"+55 {area} {a} {b}"]
    )


# `#` is a digit, `N` one from 2 to 9.
E164 = [
    *("+1 N## N##-####", "+1-N##-N##-####", "+1 (N##) N##-####", "+1N##N######", "+1 N## N## ####", "+1.N##.N##.####"),
    *(
        "+351 91# ### ###",
        "+3519########",
        "+34 6## ## ## ##",
        "+34 6## ### ###",
        "+44 20 7### ####",
        "+44 (0)20 7### ####",
    ),
    *(
        "+44 7### ######",
        "+447#########",
        "+49 30 9#####",
        "+49 151 ########",
        "+33 6 ## ## ## ##",
        "+33 (0)6 ## ## ## ##",
    ),
    *(
        "+39 02 #### ####",
        "+81 90-####-####",
        "+81-3-N###-####",
        "+82 10-####-####",
        "+8210########",
        "+86 138 #### ####",
    ),
    *(
        "+86 139########",
        "+966 50 ### ####",
        "+971 50 ### ####",
        "+20 100 ### ####",
        "+54 9 11 N###-####",
        "+52 55 N### ####",
    ),
    *(
        "+57 30# ### ####",
        "+56 9 #### ####",
        "+91 98### #####",
        "+61 4## ### ###",
        "+41 79 ### ## ##",
        "+598 9# ### ###",
    ),
]


def e164_phone(random: Random) -> str:
    pattern = random.choice(E164)
    return "".join({"#": random.choice("0123456789"), "N": random.choice("23456789")}.get(c, c) for c in pattern)


def phone(random: Random) -> str:
    return brazilian_phone(random) if random.random() < 0.6 else e164_phone(random)


def split(number: str, *sizes: int) -> list[str]:
    groups = []
    for size in sizes:
        groups.append(number[:size])
        number = number[size:]
    return groups


VALUES: dict[str, Callable[[Random], str]] = {
    "cpf": cpf,
    "cnpj": cnpj,
    "card": card,
    "email": email,
    "ip": ip,
    "phone": phone,
}
# Placeholders for one spelling, where a sentence has room for that alone.
NARROWER: dict[str, tuple[str, Callable[[Random], str]]] = {
    "ipv4": ("ip", ipv4),
    "ipv6": ("ip", ipv6),
    "celular": ("phone", brazilian_phone),
    "e164": ("phone", e164_phone),
    "cpf_digits": ("cpf", lambda random: with_check_digits(digits(random, 9), weights=11)),
    "cnpj_digits": ("cnpj", lambda random: with_check_digits(digits(random, 8) + "0001", weights=9)),
    "ascii_email": ("email", lambda random: f"{random.choice(FIRST_NAMES)}.{random.choice(LAST_NAMES)}@example.com"),
}

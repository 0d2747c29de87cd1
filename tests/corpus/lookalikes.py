"""Made-up values that look like personal data and are none: versions, identifiers, dates, hashes, prices."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from tests.corpus.values import digits, split

NAMES = ["requests", "lodash", "left-pad", "django", "kestrel", "numpy", "core", "parser"]


def number(random: Random, low: int, high: int) -> str:
    return str(random.randrange(low, high))


def version(random: Random) -> str:
    return random.choice(
        [
            f"{random.randrange(1, 20)}.{random.randrange(20)}.{random.randrange(30)}",
            f"{random.randrange(1, 30)}.{random.randrange(20)}.{random.randrange(30)}.{random.randrange(200)}",
        ]
    )


def version4(random: Random) -> str:
    return ".".join(str(random.randrange(1 if i == 0 else 0, 30)) for i in range(4))


def browser_version(random: Random) -> str:
    return random.choice(
        [f"{random.randrange(90, 150)}.0.0.0", f"{random.randrange(90, 150)}.0.{random.randrange(255)}.99"]
    )


def oid(random: Random) -> str:
    return random.choice(
        [
            "2.5.4.3",
            "2.5.4.10",
            "2.5.29.17",
            "1.2.840.113549.1.1.11",
            "1.3.6.1.4.1.311",
            "2.5.29.15",
            "1.3.6.1",
            "2.5.4.6",
        ]
    )


def section(random: Random) -> str:
    return ".".join(str(random.randrange(1, 12)) for _ in range(random.choice([2, 3, 4, 4])))


def instant(random: Random) -> datetime:
    return datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(12 * 365 * 86400))


def timestamp(random: Random) -> str:
    at = instant(random)
    return random.choice(
        [
            at.isoformat(),
            f"{at.timestamp():.0f}",
            f"{at.timestamp() * 1000:.0f}",
            f"{at:%Y%m%d%H%M%S}",
            f"{at:%Y-%m-%d %H:%M:%S},{random.randrange(999):03}",
            f"{at:%d/%m/%Y %H:%M}",
            f"{at:%d/%b/%Y:%H:%M:%S} +0000",
            f"{at.timestamp():.6f}",
        ]
    )


def year_range(random: Random) -> str:
    year = random.randrange(1980, 2030)
    return f"{year}-{year + random.randrange(1, 5)}"


def round_range(random: Random) -> str:
    low = random.randrange(20, 50) * 100
    return f"{low}-{low + random.randrange(1, 20) * 100}"


def price(random: Random) -> str:
    amount = random.randrange(100, 90_000_000)
    return random.choice(
        [
            f"R$ {amount:,}".replace(",", ".") + ",00",
            f"US$ {amount:,}.99",
            f"€ {amount}",
            f"{amount / 100:.2f}",
            f"¥{amount:,}",
        ]
    )


def isbn(random: Random) -> str:
    body = "978" + digits(random, 9)
    body += str(-sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body)) % 10)
    a, b, c, d, e = split(body, 3, 2, 3, 4, 1)
    return random.choice([f"{a}-{b}-{c}-{d}-{e}", body, f"{a} {b} {c} {d} {e}"])


def tracking(random: Random) -> str:
    return random.choice(
        [
            f"{random.choice(['AA', 'PX', 'NL', 'QB'])}{digits(random, 9)}BR",
            f"1Z{digits(random, 6)}{digits(random, 10)}",
            "94" + digits(random, 20),
            digits(random, 12),
            f"JD{digits(random, 18)}",
        ]
    )


def identifier(random: Random) -> str:
    return random.choice(
        [
            digits(random, random.choice([6, 8, 9, 10, 12, 15, 17, 18])),
            str(UUID(int=random.getrandbits(128), version=4)),
            f"ORD-{random.randrange(10**6):06}-{random.randrange(10**4):04}",
            f"{random.randrange(2020, 2027)}{digits(random, 8)}",
            str(random.randrange(10**17, 2 * 10**18)),
        ]
    )


def sha(random: Random) -> str:
    return f"{random.getrandbits(256):064x}"[: random.choice([7, 12, 32, 40, 64])]


def arn(random: Random) -> str:
    account = random.choice(["555555555555", "551234567890", digits(random, 12), digits(random, 12)])
    return random.choice(
        [
            f"arn:aws:iam::{account}:root",
            f"arn:aws:lambda:us-east-1:{account}:function:api:17",
            f"arn:aws:sqs:sa-east-1:{account}:jobs",
            f"{account}.dkr.ecr.us-east-1.amazonaws.com/api:1.4.2",
        ]
    )


def mac(random: Random) -> str:
    groups = [f"{random.getrandbits(8):02x}" for _ in range(random.choice([6, 6, 8]))]
    return random.choice([":", "-"]).join(groups)


def wrong(random: Random) -> str:
    """The form of a CPF or CNPJ, with check digits that cannot be."""
    repeated = random.choice("0123456789") * 14
    a, b, c, d = split(repeated, 3, 3, 3, 2)
    return random.choice(
        [f"{a}.{b}.{c}-{d}", f"{a[:2]}.{b}.{c}/{repeated[:4]}-{d}", "123.456.789-00", "000.000.000-01"]
    )


def coordinates(random: Random) -> str:
    return f"{random.uniform(-33, 5):.6f}, {random.uniform(-73, -35):.6f}"


def access_key(random: Random) -> str:
    """The key of a Brazilian invoice: 44 digits, often written in groups of four."""
    key = digits(random, 44)
    return random.choice([key, " ".join(split(key, *[4] * 11))])


def bank_slip(random: Random) -> str:
    """The line of digits on a Brazilian bank slip."""
    sizes = [5, 5, 5, 6, 5, 6, 1, 14]
    a, b, c, d, e, f, g, h = (digits(random, size) for size in sizes)
    return f"{a}.{b} {c}.{d} {e}.{f} {g} {h}"


def base64_bytes(random: Random) -> str:
    return base64.b64encode(random.randbytes(random.randrange(12, 48))).decode()


def lawsuit(random: Random) -> str:
    return f"{digits(random, 7)}-{digits(random, 2)}.{random.randrange(2005, 2026)}.8.26.{digits(random, 4)}"


LOOKALIKES: dict[str, Callable[[Random], str]] = {
    "version": version,
    "version4": version4,
    "browser_version": browser_version,
    "oid": oid,
    "section": section,
    "timestamp": timestamp,
    "year_range": year_range,
    "round_range": round_range,
    "price": price,
    "isbn": isbn,
    "tracking": tracking,
    "id": identifier,
    "sha": sha,
    "arn": arn,
    "mac": mac,
    "wrong": wrong,
    "coordinates": coordinates,
    "access_key": access_key,
    "bank_slip": bank_slip,
    "base64": base64_bytes,
    "lawsuit": lawsuit,
    "package": lambda random: random.choice(NAMES),
    "n": lambda random: number(random, 1, 99),
    "year": lambda random: number(random, 1950, 2030),
    "thousands": lambda random: f"{random.randrange(10**9):,}",
    "ms": lambda random: f"{random.uniform(0, 900):.3f}",
    "zip": lambda random: f"{digits(random, 5)}-{digits(random, 3)}",
    "imei": lambda random: "35" + digits(random, 13),
    "ean": lambda random: "789" + digits(random, 10),
    "pis": lambda random: f"{digits(random, 3)}.{digits(random, 5)}.{digits(random, 2)}-{digits(random, 1)}",
    "iban": lambda random: f"DE{digits(random, 2)} {' '.join(split(digits(random, 18), 4, 4, 4, 4, 2))}",
    "port": lambda random: number(random, 1024, 65535),
    "phone_extension": lambda random: number(random, 100, 9999),
}

"""Phone numbers: Brazilian spellings and E.164 are found; ranges, identifiers and code are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.redaction import parse_policy, redact

PHONE = parse_policy("phone=mask")


@pytest.mark.parametrize(
    "number",
    [
        *("(11) 91234-5678", "(11)91234-5678", "11 91234-5678", "11 9 1234-5678", "(11) 9 1234 5678", "11-91234-5678"),
        *("11.91234.5678", "11 912345678", "11912345678", "5511912345678", "55 11 91234-5678", "+55 (11) 91234-5678"),
        *(
            "+5511912345678",
            "+55-11-91234-5678",
            "0055 11 91234-5678",
            "(011) 3123-4567",
            "011 3123-4567",
            "0xx11 3123-4567",
        ),
        *(
            "(0xx11) 3123-4567",
            "(21) 3123-4567",
            "21 3123-4567",
            "+55 21 3123-4567",
            "(11) 2023-2024",
            "(11) 4000-5000",
        ),
        *("0 21 11 91234-5678", "+55 (0) 11 91234-5678"),
    ],
)
def test_brazilian_spellings_are_found(number: str) -> None:
    assert redact(f"É {number}, sim", PHONE).text == "É [PHONE], sim"


@pytest.mark.parametrize(
    "number", ["1131234567", "551131234567", "11 3123 4567", "91234-5678", "3123-4567", "11 4000-5000"]
)
def test_a_label_makes_a_number_without_a_form_of_its_own_a_phone_number(number: str) -> None:
    assert redact(f"É {number}.", PHONE).text == f"É {number}."
    assert redact(f"Telefone: {number}.", PHONE).text == "Telefone: [PHONE]."


@pytest.mark.parametrize(
    "number",
    [
        *(
            "+1 415 555 0132",
            "+1 (415) 555-0132",
            "+1-415-555-0132",
            "+14155550132",
            "+351 912 345 678",
            "+34 612 34 56 78",
        ),
        *(
            "+44 20 7946 0958",
            "+44 (0)20 7946 0958",
            "+49 30 901820",
            "+33 6 12 34 56 78",
            "+39 02 1234 5678",
            "+81 90-1234-5678",
        ),
        *(
            "+82 10-1234-5678",
            "+86 138 0013 8000",
            "+966 50 123 4567",
            "+971 50 123 4567",
            "+54 9 11 2345-6789",
            "+91 98765 43210",
        ),
    ],
)
def test_numbers_of_other_countries_are_found_behind_a_plus_sign(number: str) -> None:
    assert redact(f"Call {number} today", PHONE).text == "Call [PHONE] today"


@pytest.mark.parametrize(
    "text",
    [
        "+999 123 456 789",  # no such country code
        "+1 000 000 0000",  # no such area
        "+351 912 345 67",  # too short for Portugal
        "+351 912 345 6789",  # too long
        "1+5511912345678",
        "grew by +20 000 000",
        "@@ -10,7 +4912,8 @@",
        "UTC+0530",
    ],
)
def test_a_plus_sign_alone_makes_no_phone_number(text: str) -> None:
    assert redact(text, PHONE).text == text


@given(st.integers(1, 999), st.text("0123456789", min_size=15, max_size=18))
def test_nothing_longer_than_e164_allows_is_a_phone_number(code: int, rest: str) -> None:
    assert redact(f"x +{code}{rest} y", PHONE).text == f"x +{code}{rest} y"


@pytest.mark.parametrize(
    "text",
    [
        *("Chapter 11 2023-2024", "Dec 31 2019-2020", "arn:aws:iam::555555555555:root", "port range 21 4000-5000"),
        *(
            "In 11 2023-2024 it grew",
            "between 21 4000-5000",
            "pages 31 2500-2600",
            "order 11912345678",
            "id=11912345678",
        ),
        *(
            '{"id": 11912345678}',
            "ORD-11912345678",
            "/orders/11912345678",
            "#11912345678",
            "1732752000",
            "1732752000123",
        ),
        *(
            "20261201174004",
            "2026-12-01 17:40:04",
            "0x11912345678",
            "a11912345678",
            "11912345678abc",
            "[1000, 2000, 3000, 4000]",
        ),
        *("Elevation 1234 5678 meters", "3523 0712 3456 7890 1234 5500 1000 0012 3410 0012 3456", "R$ 11.912.345,67"),
        *("99999999999", "0800 123 4567", "CEP 01310-100", "size + 65535) / 65536", "2019 2020 2021 2022"),
    ],
)
def test_what_only_looks_like_a_phone_number_is_left(text: str) -> None:
    assert redact(text, PHONE).text == text

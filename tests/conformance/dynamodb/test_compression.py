"""Texts as bytes: the same texts come back, whatever they are, and nothing else is taken for them."""

from __future__ import annotations

import os
import zlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.interaction import MAX_TEXT
from interactions.repositories.dynamodb.compression import DEFLATED, LEVEL, MAX_PLAIN, RAW, compress, decompress
from interactions.repositories.dynamodb.dictionary import DICTIONARY
from tests.strategies import texts

ENGLISH = (
    "Could you please explain the difference between the two? It is important to note that it depends on the case."
)
PORTUGUESE = (
    "Você pode me explicar a diferença entre os dois? Preciso de um exemplo de código para o sistema da empresa."
)


def packed(plain: bytes, dictionary: bytes = DICTIONARY) -> bytes:
    deflate = zlib.compressobj(level=LEVEL, wbits=RAW, zdict=dictionary)
    return DEFLATED + deflate.compress(plain) + deflate.flush()


@given(texts(max_size=400), st.none() | texts(min_size=0, max_size=400), st.integers(1, 40))
def test_what_is_compressed_comes_back(prompt: str, response: str | None, times: int) -> None:
    given = prompt * times, response and response * times
    stored = compress(*given)
    assert stored is None or (decompress(stored) == given and len(stored) < sum(len((t or "").encode()) for t in given))


def test_the_longest_texts_come_back() -> None:
    longest = "🙂" * MAX_TEXT, "🌍" * MAX_TEXT
    stored = compress(*longest)
    assert stored is not None
    assert decompress(stored) == longest


def test_what_does_not_get_smaller_stays_as_it_is() -> None:
    assert compress("☂", None) is None
    assert compress(os.urandom(500).hex()[:3], "") is None


@pytest.mark.parametrize("text", [ENGLISH, PORTUGUESE])
def test_even_a_single_sentence_gets_smaller(text: str) -> None:
    stored = compress(text, None)
    assert stored is not None
    assert len(stored) < 0.6 * len(text.encode())
    assert len(zlib.compress(text.encode())) > 0.7 * len(text.encode()), "which the dictionary does, not the sentence"


def test_the_dictionary_is_the_one_that_stored_texts_were_compressed_with() -> None:
    """Whoever changes it makes every stored text unreadable: a new one needs a new first byte, beside this one."""
    assert DEFLATED == b"\x01"
    assert sha256(DICTIONARY).hexdigest() == "8e1f4a67533a17add8f5b318a24f8911b3b83072a56bfe321378b6dd8bb80fae"
    assert len(DICTIONARY) < 32_768 - 262, "which is as far as deflate looks back"


@pytest.mark.parametrize(
    "broken",
    {
        "nothing": b"",
        "another format": b"\x02" + packed(b"text")[1:],
        "no deflate": DEFLATED + b"\xff" * 20,
        "cut off": packed(ENGLISH.encode())[:-4],
        "followed by something": packed(ENGLISH.encode()) + b"!",
        "not UTF-8": packed(b"\xff"),
    }.values(),
    ids=str,
)
def test_what_compress_has_not_made_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"texts|utf-8"):
        decompress(broken)


def test_no_more_is_decompressed_than_two_texts_can_be() -> None:
    longest = "🙂" * MAX_TEXT
    assert decompress(packed(longest.encode() + b"\0" + longest.encode())) == (longest, longest)
    with pytest.raises(ValueError, match="longer than texts can be"):
        decompress(packed(b"a" * (MAX_PLAIN + 1)))
    with pytest.raises(ValueError, match="longer than texts can be"):
        decompress(packed(b"a" * 100_000_000))

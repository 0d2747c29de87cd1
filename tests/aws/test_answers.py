"""An answer is taken as HTTP/1.1 has it, whole and unambiguous, or it is lost."""

from __future__ import annotations

from contextlib import suppress
from http.client import HTTPConnection

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.aws.service import Answer, JsonService, LostAnswer
from interactions.http_answer import LONGEST_BODY, LONGEST_HEAD
from tests.aws.server import PATIENCE, Server, whole

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LONG = b"x" * (LONGEST_HEAD + 1)


def call(service: JsonService) -> Answer:
    return service.call("GetItem", b"{}", PATIENCE, PATIENCE)


def chunks(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (*parts, b""))


TAKEN = {
    "a length": (OK + b"Content-Length: 2\r\n\r\n{}", b"{}"),
    "nothing in it": (OK + b"Content-Length: 0\r\n\r\n", b""),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    "an empty reason": (b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    "names in other letters": (OK + b"cONTENT-lENGTH:2 \t\r\n\r\n{}", b"{}"),
    "a header without a value": (OK + b"X-Nothing:\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    "a header twice": (OK + b"Via: a\r\nVia: b\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    "to go on, first": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n{}", b"{}"),
    "hints, first": (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n{}", b"{}"),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    "chunks": (CHUNKED + chunks(b"one, ", b"two"), b"one, two"),
    "no chunk": (CHUNKED + chunks(), b""),
    "chunks with extensions": (CHUNKED + b'0A ;a="b"\r\n0123456789\r\n00;c\r\n\r\n', b"0123456789"),
    "chunks with trailers": (CHUNKED + b"2\r\n{}\r\n0\r\nExpires: never\r\nContent-Length: 9\r\n\r\n", b"{}"),
}
LOST = {
    "nothing": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "HTTP/2": b"HTTP/2 200\r\nContent-Length: 2\r\n\r\n{}",
    "a status that is none": b"HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\n{}",
    "a status of two digits": b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n{}",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}",
    "an end within the headers": OK + b"Content-Length: 2\r\n",
    "an end within the body": OK + b"Content-Length: 3\r\n\r\n{}",
    "no length": OK + b"\r\n{}",
    "a length below nothing": OK + b"Content-Length: -1\r\n\r\n{}",
    "a length with a sign": OK + b"Content-Length: +2\r\n\r\n{}",
    "a length with an underscore": OK + b"Content-Length: 0_2\r\n\r\n{}",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
    "a length and chunks": CHUNKED[:-2] + b"Content-Length: 2\r\n\r\n" + chunks(b"{}"),
    "a coding that nobody asked for": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunks(b"{}"),
    "a chunk of no length": CHUNKED + b"\r\n{}\r\n0\r\n\r\n",
    "a chunk with a sign": CHUNKED + b"+2\r\n{}\r\n0\r\n\r\n",
    "a chunk that is longer than it says": CHUNKED + b"1\r\n{}\r\n0\r\n\r\n",
    "an end within the chunks": CHUNKED + b"2\r\n{}\r\n",
    "an end within the trailers": CHUNKED + b"2\r\n{}\r\n0\r\nExpires: never\r\n",
    "trailers without end": CHUNKED + b"0\r\n" + b"a: b\r\n" * (LONGEST_HEAD // 4),
    "a header without a colon": OK + b"Content-Length 2\r\nContent-Length: 2\r\n\r\n{}",
    "a header without a name": OK + b": 2\r\nContent-Length: 2\r\n\r\n{}",
    "a header with a space": OK + b"Content-Length : 2\r\n\r\n{}",
    "a folded header": OK + b"Content-Length: 2\r\nX-Folded: a\r\n b\r\n\r\n{}",
    "a line break of another kind": OK + b"X: a\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
    "half a line break": OK + b"X: a\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
    "headers without end": OK + b"X: " + LONG,
    "headers that are too long": OK + b"X: " + LONG + b"\r\nContent-Length: 2\r\n\r\n{}",
    "another body than was sent": whole(b"{}").replace(b"\r\n\r\n{}", b"\r\n\r\n[]"),
    "a checksum that is none": OK + b"Content-Length: 2\r\nx-amz-crc32: ?\r\n\r\n{}",
}


@pytest.mark.parametrize(("answer", "body"), TAKEN.values(), ids=TAKEN)
def test_answers_are_taken_in_every_form(service: JsonService, server: Server, answer: bytes, body: bytes) -> None:
    server.say(answer)
    assert [call(service), call(service)] == [Answer(200, body)] * 2
    assert server.connections == (2 if answer.startswith(b"HTTP/1.0") else 1)


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
def test_what_is_broken_is_lost(service: JsonService, server: Server, answer: bytes) -> None:
    server.say(answer, close=True)
    with pytest.raises(LostAnswer, match="BadAnswer"):
        call(service)


@pytest.mark.parametrize(
    "head", [OK + b"Content-Length: %d\r\n\r\n", CHUNKED + b"%x\r\n", CHUNKED + b"1\r\n{\r\n%x\r\n"]
)
def test_nobody_can_make_us_wait_for_a_body_without_end(service: JsonService, server: Server, head: bytes) -> None:
    server.say(head % (LONGEST_BODY + 1))
    with pytest.raises(LostAnswer, match="it is too long"):
        call(service)


def test_a_large_answer_comes_whole(service: JsonService, server: Server) -> None:
    body = bytes(range(256)) * 65_536  # 16 MB
    for answer in (whole(body), CHUNKED + chunks(*(body[at : at + 50_000] for at in range(0, len(body), 50_000)))):
        server.say(answer)
        assert call(service).body == body
    assert server.connections == 1


names = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~", min_size=1, max_size=20
)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)
FRAMING = {"content-length", "transfer-encoding", "connection", "keep-alive"}
headers = st.lists(st.tuples(names.filter(lambda name: name.lower() not in FRAMING), values), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headers, st.lists(st.binary(min_size=1, max_size=200), max_size=4), st.booleans(), st.integers(200, 599))
def test_what_the_standard_library_reads_is_read_alike(
    service: JsonService,
    server: Server,
    headers: list[tuple[str, str]],
    parts: list[bytes],
    in_chunks: bool,
    status: int,
) -> None:
    if status in {204, 304}:
        status = 200  # these have no body, whatever their headers say, and are answers to nothing that is asked
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers if name.lower() != "x-amz-crc32")
    body = b"".join(parts)
    framing = "Transfer-Encoding: chunked" if in_chunks else f"Content-Length: {len(body)}"
    head = f"HTTP/1.1 {status} whatever\r\n{lines}{framing}\r\n\r\n".encode()
    server.say(head + (chunks(*parts) if in_chunks else body))
    reference = HTTPConnection("127.0.0.1", server.port)
    reference.request("POST", "/", b"{}", {"content-length": "2"})
    theirs = reference.getresponse()
    assert call(service) == Answer(theirs.status, theirs.read())
    reference.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.integers(0, 60), st.sampled_from([*(answer for answer, _ in TAKEN.values())]))
def test_nothing_at_all_breaks_the_reader(
    service: JsonService, server: Server, noise: bytes, at: int, answer: bytes
) -> None:
    server.say(answer[:at] + noise + answer[at + len(noise) :], close=True)
    with suppress(LostAnswer):
        assert 200 <= call(service).status <= 999
    service.disconnect()

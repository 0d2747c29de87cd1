"""The lines of an import file as fields of interactions: the API's own shape, or chat JSONL.

Whatever a line leaves open (ids, conversations, times) follows from the line, how many equal ones came before it, and
the time of the import, so that a second run of the same file makes the same interactions.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO

from django.core.management.base import CommandError

from interactions.domain.chat_jsonl import Exchange, is_chat, read_chat
from interactions.domain.errors import Invalid
from interactions.domain.fields import parse_instant
from interactions.domain.identifiers import EPOCH, created_at_of, interaction_id_at
from interactions.domain.interaction import Status
from interactions.domain.parsing import stored_fields
from interactions.domain.strict_json import parse_json

MAX_LINE_BYTES = 16 * 1024 * 1024


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Every line, without white space around it or a byte order mark before the first.

    Of one that is too long, a byte more than is allowed.
    """
    start = codecs.BOM_UTF8
    while piece := stream.readline(MAX_LINE_BYTES + 1):
        rest = piece
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE_BYTES + 1)
        yield piece if len(piece) > MAX_LINE_BYTES else piece.removeprefix(start).strip()
        start = b""


class ImportLines:
    """Reads lines for one owner. `at` is the time of chat lines; None: there is none, and a chat line ends it all."""

    def __init__(self, *, user_id: str, at: datetime | None, now: datetime) -> None:
        self.instructions = 0
        self._user_id = user_id
        self._at = at
        self._now = now
        self._equal: Counter[bytes] = Counter()

    def exchanges(self, line: bytes) -> list[dict[str, Any]]:
        """The fields of one line's interactions, of which none may be recorded without the others.

        Raises:
            Invalid: the line cannot be read.
            CommandError: it is a chat line, and there is no time for it.
        """
        if len(line) > MAX_LINE_BYTES:
            raise Invalid.field("#", "too-long", f"is over {MAX_LINE_BYTES} bytes long")
        document = parse_json(line)
        digest = self._digest(line)
        if is_chat(document):
            return self._of_chat(document, digest)
        return [self._stored(document, digest)]

    def _digest(self, line: bytes) -> bytes:
        """Of the line and how many equal ones came before it."""
        digest = sha256(line).digest()
        occurrence = self._equal[digest[:16]]
        self._equal[digest[:16]] += 1
        return sha256(digest + occurrence.to_bytes(8)).digest()

    def _stored(self, document: Any, digest: bytes) -> dict[str, Any]:
        if isinstance(document, dict) and document.get("interaction_id") is None:
            created_at = document.get("created_at")
            instant = parse_instant(created_at) if isinstance(created_at, str) else None
            if instant is not None and instant >= EPOCH:
                document = {**document, "interaction_id": interaction_id_at(instant, entropy=digest)}
        return stored_fields(document, user_id=self._user_id, now=self._now)

    def _of_chat(self, document: dict[str, Any], digest: bytes) -> list[dict[str, Any]]:
        if self._at is None:
            raise CommandError(
                "There are chat lines, which say no time, and the input has none of its own that could be taken: "
                "give --at, as in --at 2026-01-31T12:00:00Z."
            )
        chat = read_chat(document)
        conversation_id = f"import-{digest.hex()[:32]}" if len(chat.exchanges) > 1 else None
        exchanges = [
            self._of_exchange(exchange, self._at, index, digest, chat.model, conversation_id)
            for index, exchange in enumerate(chat.exchanges)
        ]
        self.instructions += chat.instructions
        return exchanges

    def _of_exchange(
        self,
        exchange: Exchange,
        at: datetime,
        index: int,
        digest: bytes,
        model: str | None,
        conversation_id: str | None,
    ) -> dict[str, Any]:
        entropy = sha256(digest + index.to_bytes(8)).digest()
        interaction_id = interaction_id_at(at, sequence=index, entropy=entropy)
        return {
            "interaction_id": interaction_id,
            "updated_at": created_at_of(interaction_id),
            "user_id": self._user_id,
            "conversation_id": conversation_id,
            "status": Status.COMPLETED,
            "prompt": exchange.prompt,
            "response": exchange.response,
            "model": model,
        }

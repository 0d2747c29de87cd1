"""Repeated questions: which interaction has the answer, for a while. The text stays where it is, and goes with it."""

from __future__ import annotations

import json
import logging
from typing import NamedTuple

from django.core.cache import cache
from django.utils.crypto import salted_hmac

from interactions.conf import conf
from interactions.domain.errors import NotFound
from interactions.domain.interaction import Interaction, Status
from interactions.domain.pricing import Cost
from interactions.repositories import get_repository

logger = logging.getLogger("interactions.answer_cache")

NOTHING = Cost(nano_usd=0, source="cache")


class Question(NamedTuple):
    """All that an answer depends on; a question within a conversation depends on more, and is never answered so."""

    user_id: str
    prompt: str
    model: str
    max_tokens: int
    temperature: float | None

    @property
    def key(self) -> str:
        """Of which nobody learns the question without the service's own key."""
        return f"answer:{salted_hmac('interactions.answer', json.dumps(self), algorithm='sha256').hexdigest()}"


def find(question: Question) -> Interaction | None:
    """The interaction that has answered it, while that is kept; None also where the cache fails."""
    if conf.answer_cache_minutes is None:
        return None
    try:
        interaction_id = cache.get(question.key)
    except Exception as error:  # each cache has errors of its own
        logger.warning("no answer looked for: the cache failed", exc_info=error)
        return None
    if interaction_id is None:
        return None
    try:
        found = get_repository().get(interaction_id, question.user_id)
    except NotFound:  # deleted, erased or expired since
        return None
    return found if _is_whole(found) else None


def keep(question: Question, answered: Interaction) -> None:
    """Let the interaction answer it for as long as the settings say, if it has a whole answer."""
    if conf.answer_cache_minutes is None or not _is_whole(answered):
        return
    try:
        cache.set(question.key, answered.interaction_id, conf.answer_cache_minutes * 60)
    except Exception as error:  # the answer is there all the same
        logger.warning("an answer is not kept: the cache failed", exc_info=error)


def _is_whole(interaction: Interaction) -> bool:
    """Whether it has an answer that was not cut short."""
    has_answer = interaction.status is Status.COMPLETED and interaction.response is not None
    return has_answer and interaction.finish_reason in (None, "stop")

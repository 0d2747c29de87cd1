"""A person of the staff at the admin, and interactions to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from interactions.accounts import get_accounts
from interactions.domain.identifiers import new_interaction_id
from interactions.domain.interaction import Interaction
from interactions.domain.parsing import parse_stored
from interactions.models import InteractionRow
from interactions.repositories import get_repository

LIST = "/admin/interactions/interactionrow/"
PASSWORD = "correct-horse-battery"

Record = Callable[..., Interaction]


@pytest.fixture
def staff(db: None) -> Client:
    get_accounts().create_account("sam", PASSWORD, staff=True)
    client = Client()
    client.force_login(User.objects.get(username="sam"))
    return client


@pytest.fixture
def record(db: None) -> Record:
    """Store an interaction out of the members of its document; what is not given takes its default."""

    def make(**document: Any) -> Interaction:
        known = {"user_id": "alice", "prompt": "What is a fjord?"}
        if "created_at" not in document:
            known["interaction_id"] = new_interaction_id()
        return get_repository().add(parse_stored(known | document, user_id=None, now=datetime.now(UTC))).interaction

    return make


def page_of(interaction: Interaction) -> str:
    """The address of an interaction's page."""
    row = InteractionRow.objects.get(user_id=interaction.user_id, interaction_id=interaction.interaction_id)
    return f"{LIST}{row.pk}/change/"

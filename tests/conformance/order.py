"""Where things stand in the orders of the port, and which of them a filter means, in plain Python."""

from __future__ import annotations

from interactions.domain.interaction import Interaction
from interactions.domain.query import Conversation, ConversationPosition, Filter, Position


def position(interaction: Interaction) -> Position:
    return Position(interaction.interaction_id, interaction.user_id)


def conversation_position(conversation: Conversation) -> ConversationPosition:
    return ConversationPosition(conversation.last_interaction_id, conversation.conversation_id)


def belongs(interaction: Interaction, filter: Filter) -> bool:
    """Whether owner, conversation and time of creation are those of the filter."""
    return (
        filter.user_id in (None, interaction.user_id)
        and filter.conversation_id in (None, interaction.conversation_id)
        and (filter.created_from is None or interaction.created_at >= filter.created_from)
        and (filter.created_to is None or interaction.created_at < filter.created_to)
    )


def matches(interaction: Interaction, filter: Filter) -> bool:
    """Whether all conditions of the filter hold."""
    return (
        belongs(interaction, filter)
        and filter.status in (None, interaction.status)
        and filter.model in (None, interaction.model)
    )


def begun_by(interaction: Interaction) -> Conversation:
    """The conversation that an interaction begins."""
    assert interaction.conversation_id is not None
    return Conversation(
        user_id=interaction.user_id,
        conversation_id=interaction.conversation_id,
        title=None,
        started_at=interaction.created_at,
        last_interaction_id=interaction.interaction_id,
    )

"""A message on its way: what its sending to an operator may become, and when an operator is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class SendingState(StrEnum):
    """Forward only, and an end is an end: `delivered` and `failed` stay, whatever is told afterwards."""

    WAITING = "waiting"  # not taken this time; asked again with the same reference
    BEGUN = "begun"  # the operator is being asked, or nobody kept its answer
    UNCLEAR = "unclear"  # its answer was lost: it may have the message
    TAKEN = "taken"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OperatorWord:
    """What an operator tells of one message, which it names by its own id or by our reference; ids are text."""

    state: SendingState
    operator_id: str | None = None
    reference: str | None = None
    code: str | None = None


_RANK: Final = {
    SendingState.WAITING: 0,
    SendingState.BEGUN: 0,
    SendingState.UNCLEAR: 1,
    SendingState.TAKEN: 2,
    SendingState.SENT: 3,
    SendingState.DELIVERED: 4,
    SendingState.FAILED: 4,
}
ENDS: Final = frozenset({SendingState.DELIVERED, SendingState.FAILED})
UNKNOWN: Final = frozenset({SendingState.BEGUN, SendingState.UNCLEAR})
OUT: Final = frozenset({SendingState.BEGUN, SendingState.UNCLEAR, SendingState.TAKEN, SendingState.SENT})
"""It may be on its way to the citizen."""
MESSAGE_ENDS: Final = frozenset({"delivered", "failed", "not_wanted"})

EMAIL: Final = "email"  # the channel of letters
PUSH: Final = "push"  # the channel of notices to browsers; all others carry to telephones
GONE: Final = "gone"  # of a browser: it allows no notices any more
LINK: Final = (
    "message:"  # before an operator's name, in the table of links: it carries no orders, and nothing of the outbox
)
MOST_TRIES: Final = 12  # with the pauses of `breaker.wait_s`: some four hours
MOST_WITH_ANOTHER: Final = 3  # where another channel stands behind
REPEAT_AFTER: Final = timedelta(minutes=5)  # an answer that was lost: their report may still come
NO_NEWS_AFTER: Final = timedelta(hours=1)  # of a message that nobody knows to be taken
ASKED_FOR: Final = timedelta(hours=48)  # operators try no longer themselves
FIRST_ASKED_AFTER: Final = timedelta(minutes=2)


def moves(before: SendingState, told: SendingState) -> bool:
    """Is what was told news? In whatever order answers and reports come, one end stays."""
    return before not in ENDS and _RANK[told] > _RANK[before]


def tries_of(*, secret: bool, another: bool) -> int:
    """How often an operator that takes nothing is asked. A code waits for nobody where another channel stands behind."""
    if not another:
        return MOST_TRIES
    return 1 if secret else MOST_WITH_ANOTHER

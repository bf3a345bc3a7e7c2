"""An errand: one thing to do at one door, and the states it may pass through (docs/decisions/errand-states.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.errors import DomainError


class ErrandKind(StrEnum):
    COLLECT = "collect"
    DELIVER = "deliver"
    GIVE_BACK = "give_back"


class ErrandState(StrEnum):
    REQUESTED = "requested"
    SCHEDULED = "scheduled"
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"
    HELD = "held"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class RequestKind(StrEnum):
    SEND = "send"
    RECEIVE = "receive"
    SEND_AND_RECEIVE = "send_and_receive"


class ProofKind(StrEnum):
    """How a hand-over proves that the right person took the result."""

    CODE = "code"
    SLIP = "slip"
    ID_CHECK = "id_check"


S = ErrandState
NEXT: Mapping[ErrandState, frozenset[ErrandState]] = {
    S.REQUESTED: frozenset({S.SCHEDULED, S.CANCELLED}),
    S.SCHEDULED: frozenset({S.SCHEDULED, S.PLANNED, S.CANCELLED}),
    S.PLANNED: frozenset({S.SCHEDULED, S.PLANNED, S.UNDER_WAY, S.CANCELLED}),
    S.UNDER_WAY: frozenset({S.DONE, S.FAILED}),
    S.FAILED: frozenset({S.SCHEDULED, S.HELD, S.CANCELLED}),
    S.HELD: frozenset({S.SCHEDULED, S.RETURNED}),
    S.DONE: frozenset(),
    S.RETURNED: frozenset(),
    S.CANCELLED: frozenset(),
}
OPEN = frozenset({S.REQUESTED, S.SCHEDULED, S.PLANNED, S.UNDER_WAY, S.FAILED, S.HELD})
PLANNABLE = frozenset({S.SCHEDULED, S.PLANNED})


def check_step(current: ErrandState, new: ErrandState) -> None:
    """Raise `errand_step_refused` unless the table allows the step."""
    if new not in NEXT[current]:
        raise DomainError("errand_step_refused", current=current, new=new)


_CLOSE_CODE: Final = re.compile(r"not_confirmed|papers_complete|given_at_desk|dossier_refused|dossier_state_\d{1,2}")
IN_WORDS: Final = "in_words"


def close_code(reason: str | None) -> str | None:
    """What a partner is told of why a visit was closed: a code of ours as it is, anybody's words as `in_words`."""
    if reason is None or _CLOSE_CODE.fullmatch(reason):
        return reason
    return IN_WORDS


GIVEN_AT_DESK: Final = "given_at_desk"
"""Why a visit was called off: the owner took the result along at the desk."""
GIVEN_HERE: Final = "result.given_here"  # in the audit, with the desk that handed it over

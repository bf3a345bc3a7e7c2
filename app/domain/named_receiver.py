"""Who may receive instead: named beforehand by whoever asked, and compared when the result is given.

Naming spares nobody the look at a paper: somebody who is not on file shows it, named or not. It tells the courier whom to
expect, and the office whom it was given to against the citizen's word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.wording import folded, tidy

RELATIONS: Final = frozenset({"family", "authorised"})
CHANGEABLE: Final = frozenset(
    {ErrandState.REQUESTED, ErrandState.SCHEDULED, ErrandState.PLANNED, ErrandState.FAILED, ErrandState.HELD}
)
"""Of the errand that brings the result: once somebody is under way with it, the name is on the road, too."""
LAST4: Final = re.compile(r"[0-9A-Za-z]{4}")
NAME_AT_MOST: Final = 120


class ReceiverMatch(StrEnum):
    NAMED = "named"  # name and last four agree, accents apart
    OTHER = "other"  # given to somebody else: nothing is undone, somebody asks


class WordProof(StrEnum):
    """How staff who write down a citizen's word know whose word it is."""

    CALLED_BACK = "called_back"  # at the number on file
    IDENTITY_SHOWN = "identity_shown"  # at the counter


@dataclass(frozen=True, slots=True)
class NameReceiver:
    request_id: UUID
    name: str
    relation: str
    id_last4: str
    by: str
    now: datetime
    proof: WordProof | None = None  # by staff; None: by the citizen, with the code to the telephone


def check_receiver(name: str, relation: str, id_last4: str) -> None:
    """Raises `receiver_name_missing`, `relation_unknown` or `receiver_id_malformed`."""
    if not 0 < len(name) <= NAME_AT_MOST:
        raise DomainError("receiver_name_missing", kind="invalid", field="name")
    if relation not in RELATIONS:
        raise DomainError("relation_unknown", kind="invalid", field="relation")
    if LAST4.fullmatch(id_last4) is None:
        raise DomainError("receiver_id_malformed", kind="invalid", field="id_last4")


def match_receiver(named: tuple[str, str], given: tuple[str, str]) -> ReceiverMatch:
    """Of a name and the last four of a paper each."""
    (name, last4), (given_name, given_last4) = named, given
    same = folded(tidy(name)) == folded(tidy(given_name)) and last4.casefold() == given_last4.strip().casefold()
    return ReceiverMatch.NAMED if same else ReceiverMatch.OTHER

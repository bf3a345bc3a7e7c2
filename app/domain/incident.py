"""What can go wrong with an envelope, and what a person decides about it."""

from __future__ import annotations

from enum import StrEnum


class IncidentKind(StrEnum):
    SEAL_BROKEN = "seal_broken"
    LOST = "lost"
    DAMAGED = "damaged"
    MISSING_FROM_BAG = "missing_from_bag"
    HANDOVER_DENIED = "handover_denied"  # one side says it gave, the other that it never came
    WRONG_DOOR = "wrong_door"  # given at the door of another visit
    MISSING_AT_COUNT = "missing_at_count"  # the safe was counted by surprise, and it was not there
    PAPERS_SHORT = "papers_short"  # between two desks: what the first counted, the second does not find
    NOT_RECEIVED = "not_received"  # the citizen says that what was given at the door never came


REPORTED = (IncidentKind.SEAL_BROKEN, IncidentKind.LOST, IncidentKind.DAMAGED)
"""What a person reports; the others open by themselves."""


class Verdict(StrEnum):
    """Where the envelope is, in the word of whoever closes the incident."""

    STAYS = "stays"  # where the chain says it is
    FOUND = "found"  # in the safe of the incident's office
    LOST = "lost"

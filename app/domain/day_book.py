"""Closing a day's book, and opening it again: reasons are words of a list, for they stand for ever and may name nobody."""

from __future__ import annotations

from enum import StrEnum


class CloseReason(StrEnum):
    """Why the manager closes a day although something is out or open."""

    ROUND_LATE = "round_late"
    PHONE_SILENT = "phone_silent"
    LOOKED_INTO = "looked_into"
    OFFICE_SHUTS = "office_shuts"


class ReopenReason(StrEnum):
    LATE_FACTS = "late_facts"
    WRONG_COUNT = "wrong_count"
    SIGNED_EARLY = "signed_early"


class BookStep(StrEnum):
    """What became of a book after its first signature."""

    REOPENED = "reopened"
    SIGNED_AGAIN = "signed_again"

"""Who has standing for an act: only then it is an event; everything else is a claim (docs/decisions/standing-and-claims.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from app.domain.custody import CLOCKS_AGREE_TO, Move, Party, fold

FOREIGN_CODES_AN_HOUR: Final = 20
"""Codes of other offices' envelopes that one phone may tell of without standing; more is a phone that guesses."""
CLAIMS_A_DAY: Final = 500  # of one phone, kept whole; a day's work is 60 doors
DOUBTED_CLAIMS_A_DAY: Final = 100  # honest work makes none: a phone with so many may store few files
OFFICE_ALONE: Final = timedelta(
    hours=2
)  # so long the claim is the office's own task; then the coordinator sees it, too
CHECKED_WITHIN: Final = timedelta(hours=24)  # what the citizen is told


class Ground(StrEnum):
    """What gives standing; one is enough."""

    HELD = "held"
    OFFICE = "office"
    PLAN = "plan"
    LABEL = "label"
    CODE = "code"


class Teller(Protocol):
    """Who tells, at the act's corrected time."""

    @property
    def ended(self) -> bool:
        """Signed out before the act, as far as anybody can know."""

    @property
    def office_ids(self) -> frozenset[int]:
        """The courier's own office, and those that plan or cover name for that day."""


class Touched(Protocol):
    """What the act touches: an envelope, an errand, or both. Each is asked only where those before gave no standing."""

    @property
    def claimed(self) -> bool:
        """This phone has an open claim on it: what is built on a claim belongs to it."""

    @property
    def held(self) -> bool:
        """The courier held the envelope then (`held_by`)."""

    @property
    def office_ids(self) -> frozenset[int]:
        """Of the errand, and of whoever held the envelope then: its safe, its courier, its desk."""

    @property
    def planned(self) -> bool:
        """It stood on any plan published for the courier that day or the day before, superseded ones too."""

    @property
    def own_label(self) -> bool:
        """The label is of this phone's own roll."""

    @property
    def code_confirmed(self) -> bool:
        """The citizen's code came with it, and the server has verified it."""


GROUNDS: Final[Mapping[Ground, Callable[[Teller, Touched], bool]]] = {
    Ground.HELD: lambda _, touched: touched.held,
    Ground.OFFICE: lambda teller, touched: bool(teller.office_ids & touched.office_ids),
    Ground.PLAN: lambda _, touched: touched.planned,
    Ground.LABEL: lambda _, touched: touched.own_label,
    Ground.CODE: lambda _, touched: touched.code_confirmed,
}


def standing(teller: Teller, touched: Touched) -> Ground | None:
    """What gives the teller standing; None: it is a claim."""
    if teller.ended or touched.claimed:
        return None
    return next((ground for ground, holds in GROUNDS.items() if holds(teller, touched)), None)


@dataclass(frozen=True, slots=True)
class ToldAt:
    """By whom, on which phone, under which number, when."""

    courier: Party
    device: str
    seq: int
    occurred_at: datetime


def held_by(told: ToldAt, moves: Iterable[Move]) -> bool:
    """Did the courier hold it at that time: by this phone's own last act before, or by the books of that moment?"""
    known = list(moves)
    earlier = [move for move in known if move.device == told.device and move.seq < told.seq]
    if earlier and max(earlier, key=lambda move: move.seq).taker == told.courier:
        return True
    moments = (told.occurred_at, told.occurred_at - CLOCKS_AGREE_TO)
    return any(holder_at(known, moment) == told.courier for moment in moments)


def holder_at(moves: Iterable[Move], moment: datetime) -> Party | None:
    """Who held it then, by all that is known now."""
    custody = fold(move for move in moves if move.occurred_at <= moment)
    return custody.holder if custody is not None else None


def said_way(giver: Party, taker: Party) -> str:
    """A hand-over in codes, as a claim keeps it beside its sealed words: `courier:3>office_safe:7`."""
    return ">".join(f"{party.holder.value}:{party.id or ''}" for party in (giver, taker))


def counts_as_before(ended_at: datetime | None, occurred_at: datetime, *, chained: bool, timed: bool) -> bool:
    """May the act count as done before the phone was signed out? `chained`: to what was acknowledged; `timed`: by a
    clock that an earlier contact had measured. Without both its time is the word of whoever has the phone now.
    """
    return ended_at is None or (occurred_at <= ended_at and chained and timed)

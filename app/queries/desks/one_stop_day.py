"""A desk's day beside what the one-stop software's file says of it: where both differ, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.clock import end_of_day, start_of_day
from app.domain.dossier import DECIDING, FINAL, DossierState
from app.models import Dossier, OneStopLine, Parcel, ServiceRequest

NOT_ACCEPTED: Final = frozenset({DossierState.REGISTERED, DossierState.PAPERS_WANTED})
READY: Final = frozenset({DossierState.FINISHED, DossierState.RESULT_RETURNED})


class Differs(StrEnum):
    NUMBER = "number"  # their number for an envelope that has none here
    OTHER_NUMBER = "other_number"  # their number for an envelope that bears another one here
    ACCEPTED = "accepted"  # taken in there, not here
    IN_PROCESS = "in_process"
    DATE = "date"
    RESULT = "result"  # there it is finished, here no envelope is packed
    PAPERS = "papers"  # they want papers
    ENDED = "ended"  # refused, withdrawn or stopped there
    STATE = "state"  # any other
    NOT_THERE = "not_there"  # taken in here that day, and not in their file


TAKEN_OVER: Final = frozenset({Differs.NUMBER, Differs.ACCEPTED, Differs.IN_PROCESS, Differs.DATE})
"""What is taken over from the file with one button: nothing is typed twice."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`line`: what they say; None where their file is silent."""

    kind: Differs
    dossier: Dossier
    line: OneStopLine | None

    @property
    def taken_over(self) -> bool:
        return self.kind in TAKEN_OVER


@dataclass(frozen=True, slots=True)
class Compared:
    """`others`: lines of their file about dossiers that the post has nothing to do with."""

    told_at: datetime | None
    agree: int
    others: int
    differences: Sequence[Difference]


def compare(session: Session, desk_id: int, day: date) -> Compared:
    """Nothing differs where nobody has brought a file yet: `told_at` is None."""
    mine = select(OneStopLine).where(OneStopLine.desk_id == desk_id, OneStopLine.day == day)
    lines = session.scalars(mine.order_by(OneStopLine.code)).all()
    if not lines:
        return Compared(None, 0, 0, ())
    ours = _ours(session, desk_id, lines)
    found = [(line, _named(line, ours)) for line in lines]
    differences = [Difference(kind, one, line) for line, one in found if one and (kind := _kind(line, one))]
    known = {one.id for line in lines for one in (ours.get(line.code), ours.get(line.envelope or "")) if one}
    silent = list(_not_there(session, desk_id, day, known))
    agree = sum(one is not None for _line, one in found) - len(differences)
    return Compared(
        max(line.told_at for line in lines), agree, sum(one is None for _, one in found), differences + silent
    )


def is_told(session: Session, desk_id: int, day: date) -> bool:
    """Has somebody brought a file of this day, or scanned its slips?"""
    mine = select(OneStopLine.id).where(OneStopLine.desk_id == desk_id, OneStopLine.day == day)
    return session.scalars(mine.limit(1)).first() is not None


def _ours(session: Session, desk_id: int, lines: Sequence[OneStopLine]) -> Mapping[str, Dossier]:
    """By its number, and by the codes under which an envelope without one may stand in their file."""
    here = or_(Dossier.desk_id == desk_id, Dossier.competent_desk_id == desk_id)
    whole = select(Dossier).where(here).options(joinedload(Dossier.procedure), joinedload(Dossier.request))
    named = {line.envelope for line in lines if line.envelope}
    by_code = session.scalars(whole.where(Dossier.code.in_([line.code for line in lines])))
    found: dict[str, Dossier] = {one.code: one for one in by_code if one.code}
    parcels = select(Parcel.code, Parcel.dossier_id).where(Parcel.code.in_(named))
    wanted = {row.dossier_id: row.code for row in session.execute(parcels)}
    for one in session.scalars(whole.where(Dossier.id.in_(wanted))):
        found[wanted[one.id]] = one
    requests = whole.join(ServiceRequest, ServiceRequest.id == Dossier.request_id)
    asked = session.scalars(requests.where(ServiceRequest.reference.in_(named))).all()
    for one in asked:  # a request of several dossiers does not say which
        if sum(other.request_id == one.request_id for other in asked) == 1:
            found[one.request.reference] = one
    return found


def _named(line: OneStopLine, ours: Mapping[str, Dossier]) -> Dossier | None:
    """Whose envelope they name; where number and envelope are of two dossiers, the envelope's number is what does not agree."""
    return ours.get(line.envelope or "") or ours.get(line.code)


def _kind(line: OneStopLine, dossier: Dossier) -> Differs | None:
    if dossier.code is not None and dossier.code != line.code:
        return Differs.OTHER_NUMBER
    if dossier.state in FINAL:
        return _of_end(line.state, dossier)
    if dossier.code is None:
        return Differs.NUMBER
    if line.state is not None and line.state != dossier.state:
        return _of_state(line.state, dossier)
    return _of_date(line, dossier)


def _of_end(told: int | None, dossier: Dossier) -> Differs | None:
    """What ended here goes on there, or ended otherwise. A result that the citizen has is further than they know."""
    behind = dossier.state == DossierState.RESULT_RETURNED and told in {*DECIDING, *READY, DossierState.REGISTERED}
    return None if told in {None, dossier.state} or behind else Differs.STATE


def _of_state(told: int, dossier: Dossier) -> Differs | None:
    """A result that is packed here is further than they know."""
    if told in DECIDING and dossier.state in NOT_ACCEPTED:
        return Differs.ACCEPTED
    if told in READY:
        return None if dossier.result_ready_at else Differs.RESULT
    if told == DossierState.IN_PROCESS and dossier.state == DossierState.ACCEPTED:
        return Differs.IN_PROCESS
    if told == DossierState.PAPERS_WANTED:
        return Differs.PAPERS
    if told in FINAL:
        return Differs.ENDED
    return None if dossier.state in DECIDING | READY and told in {*NOT_ACCEPTED, *DECIDING} else Differs.STATE


def _of_date(line: OneStopLine, dossier: Dossier) -> Differs | None:
    open_date = dossier.state in DECIDING and line.due_on is not None
    return Differs.DATE if open_date and line.due_on != dossier.due_on else None


def _not_there(session: Session, desk_id: int, day: date, known: set[UUID]) -> Iterator[Difference]:
    taken_in = (
        select(Dossier)
        .where(
            Dossier.desk_id == desk_id,
            Dossier.state.in_(DECIDING),
            Dossier.accepted_at >= start_of_day(day),
            Dossier.accepted_at < end_of_day(day),
        )
        .order_by(Dossier.code)
        .options(joinedload(Dossier.procedure), joinedload(Dossier.request))
    )
    for dossier in session.scalars(taken_in):
        if dossier.id not in known:
            yield Difference(Differs.NOT_THERE, dossier, None)

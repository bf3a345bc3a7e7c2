"""Take in what the one-stop software's file says of a day, and take over what is safe: it is the master, nothing is typed twice.

A refusal, a result, papers that are wanted: those are acts of their own, each with its page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete

from app.domain.dossier import DossierState
from app.domain.due_date import DueTold
from app.domain.errors import DomainError
from app.domain.one_stop_file import ToldLine
from app.models import Dossier, OneStopLine
from app.queries.desks.one_stop_day import Difference, Differs, compare
from app.services import audit
from app.services.booking import pickups
from app.services.desks import accepting, dossier_steps, due_dates
from app.services.desks.accepting import Accepting
from app.unit_of_work import UnitOfWork

KEPT: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class DeskDayTeller:
    desk_id: int
    day: date
    by: str
    now: datetime


def hear(work: UnitOfWork, lines: Sequence[ToldLine], teller: DeskDayTeller) -> None:
    """The last word of the day stands; of a code that comes twice, the later line. What is old is forgotten."""
    mine = OneStopLine.desk_id == teller.desk_id
    work.execute(delete(OneStopLine).where(mine, OneStopLine.day == teller.day))
    work.execute(delete(OneStopLine).where(mine, OneStopLine.day < teller.day - KEPT))
    for line in {line.code: line for line in lines}.values():
        work.add(
            OneStopLine(
                desk_id=teller.desk_id,
                day=teller.day,
                code=line.code,
                state=line.state,
                due_on=line.due_on,
                envelope=line.envelope,
                told_at=teller.now,
                by=teller.by,
            )
        )
    work.flush()
    audit.record(work, teller.by, "one_stop.day_told", "desk", teller.desk_id, teller.now, lines=len(lines))


def take_over(
    work: UnitOfWork, dossier_ids: Collection[UUID], teller: DeskDayTeller
) -> tuple[int, list[tuple[str, DomainError]]]:
    """How many of these dossiers are now as the file says, and the others, each with its reason. Those that agree are passed over."""
    taken, refused = 0, []
    for difference in compare(work, teller.desk_id, teller.day).differences:
        if difference.dossier.id not in dossier_ids or not difference.taken_over:
            continue
        try:
            with work.begin_nested():
                TAKE[difference.kind](work, difference, teller)
        except DomainError as error:
            refused.append((difference.dossier.code or difference.dossier.request.reference, error))
        else:
            taken += 1
    return taken, refused


def _accept(work: UnitOfWork, difference: Difference, teller: DeskDayTeller) -> None:
    """With the number and the date of the file. One that they only registered gets its number, and waits."""
    assert difference.line is not None  # TAKEN_OVER
    line, dossier = difference.line, difference.dossier
    if line.state is not None and line.state not in accepting.DECIDING:
        accepting.number(work, _locked(work, difference), line.code)
        return
    said = Accepting(dossier.id, teller.desk_id, line.code, line.due_on, teller.by, teller.now)
    accepting.accept(work, said)
    if line.state == DossierState.IN_PROCESS:
        _learn_in_process(work, dossier, teller)


def _in_process(work: UnitOfWork, difference: Difference, teller: DeskDayTeller) -> None:
    pickups.hold(work, difference.dossier.id)
    _take_date(work, difference, teller)
    _learn_in_process(work, difference.dossier, teller)


def _learn_in_process(work: UnitOfWork, dossier: Dossier, teller: DeskDayTeller) -> None:
    dossier_steps.learn(work, dossier, DossierState.IN_PROCESS, by=teller.by, at=teller.now, now=teller.now)


def _take_date(work: UnitOfWork, difference: Difference, teller: DeskDayTeller) -> None:
    """Their date has been given to the citizen: it is taken, and moved a second time it is the desk's task."""
    assert difference.line is not None  # TAKEN_OVER
    dossier = _locked(work, difference)
    told = DueTold(difference.line.due_on, dossier.state, teller.by, teller.now, binding=True)
    first = dossier.due_on is None
    if due_dates.tell(work, dossier, told) and first:
        accepting.tell_due(work, dossier, teller.now)


def _locked(work: UnitOfWork, difference: Difference) -> Dossier:
    return work.get_one(Dossier, difference.dossier.id, with_for_update={"of": Dossier}, populate_existing=True)


TAKE: Final[Mapping[Differs, Callable[[UnitOfWork, Difference, DeskDayTeller], None]]] = {
    Differs.NUMBER: _accept,
    Differs.ACCEPTED: _accept,
    Differs.IN_PROCESS: _in_process,
    Differs.DATE: _take_date,
}

"""Take in what the one-stop software's file says of a day, and take over what is safe: it is the master, nothing is typed twice.

A refusal, a result, papers that are wanted: those are acts of their own, each with its page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, false, func, select
from sqlalchemy.dialects.postgresql import insert

from app.domain.dossier import DECIDING, DossierState
from app.domain.due_date import DueTold
from app.domain.errors import DomainError
from app.domain.one_stop_file import ToldLine
from app.models import Desk, Dossier, OneStopLine
from app.queries.desks.one_stop_day import Difference, Differs, compare
from app.services import audit
from app.services.booking import pickups
from app.services.desks import accepting, dossier_steps, due_dates
from app.services.desks.accepting import Accepting
from app.unit_of_work import UnitOfWork

KEPT: Final = timedelta(days=90)
SAID_OR_NOT: Final = ("state", "due_on", "envelope")  # a slip says nothing of these, and unsays nothing


@dataclass(frozen=True, slots=True)
class DeskDayTeller:
    desk_id: int
    day: date
    by: str
    now: datetime


def hear(work: UnitOfWork, lines: Sequence[ToldLine], teller: DeskDayTeller, *, whole: bool) -> None:
    """The last file of the day stands; of a code that comes twice, the later line. What is old is forgotten.

    `whole` False: slips that were scanned one by one, which join what stands there and take nothing from it.
    """
    work.execute(select(Desk.id).where(Desk.id == teller.desk_id).with_for_update(key_share=True))  # two at once
    mine = OneStopLine.desk_id == teller.desk_id
    gone = OneStopLine.day == teller.day if whole else false()
    work.execute(delete(OneStopLine).where(mine, gone | (OneStopLine.day < teller.day - KEPT)))
    told = {"desk_id": teller.desk_id, "day": teller.day, "told_at": teller.now, "by": teller.by}
    rows = [
        {"code": line.code, "state": line.state, "due_on": line.due_on, "envelope": line.envelope, **told}
        for line in {line.code: line for line in lines}.values()
    ]
    add = insert(OneStopLine)
    said = {name: func.coalesce(add.excluded[name], getattr(OneStopLine, name)) for name in SAID_OR_NOT}
    new = {"told_at": add.excluded.told_at, "by": add.excluded.by, **said}
    work.execute(add.on_conflict_do_update(index_elements=["desk_id", "day", "code"], set_=new), rows)
    audit.record(work, teller.by, "one_stop.day_told", "desk", teller.desk_id, teller.now, lines=len(lines))


def take_over(
    work: UnitOfWork, dossier_ids: Collection[UUID], teller: DeskDayTeller
) -> tuple[int, list[tuple[str, DomainError]]]:
    """How many of these dossiers are now as the file says, and the others, each with its reason. Those that agree are passed over."""
    _hold(work, dossier_ids)
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


def _hold(work: UnitOfWork, dossier_ids: Collection[UUID]) -> None:
    """All of them before the first is changed, in the order of `app.services`: the visits of all, then the dossiers."""
    pickups.hold(work, *dossier_ids)
    theirs = select(Dossier).where(Dossier.id.in_(dossier_ids)).order_by(Dossier.id)
    work.execute(theirs.with_for_update(of=Dossier).execution_options(populate_existing=True))


def _accept(work: UnitOfWork, difference: Difference, teller: DeskDayTeller) -> None:
    """With the number and the date of the file. One that they only registered gets its number, and waits."""
    assert difference.line is not None  # TAKEN_OVER
    line, dossier = difference.line, difference.dossier
    if line.state is not None and line.state not in DECIDING:
        accepting.number(work, dossier, line.code)
        return
    said = Accepting(dossier.id, teller.desk_id, line.code, line.due_on, teller.by, teller.now)
    accepting.accept(work, said)
    if line.state == DossierState.IN_PROCESS:
        _learn_in_process(work, dossier, teller)


def _in_process(work: UnitOfWork, difference: Difference, teller: DeskDayTeller) -> None:
    _take_date(work, difference, teller)
    _learn_in_process(work, difference.dossier, teller)


def _learn_in_process(work: UnitOfWork, dossier: Dossier, teller: DeskDayTeller) -> None:
    dossier_steps.learn(work, dossier, DossierState.IN_PROCESS, by=teller.by, at=teller.now, now=teller.now)


def _take_date(work: UnitOfWork, difference: Difference, teller: DeskDayTeller) -> None:
    """Their date has been given to the citizen: it is taken, and moved a second time it is the desk's task."""
    assert difference.line is not None  # TAKEN_OVER
    dossier = difference.dossier
    told = DueTold(difference.line.due_on, dossier.state, teller.by, teller.now, binding=True)
    first = dossier.due_on is None
    if due_dates.tell(work, dossier, told) and first:
        accepting.tell_due(work, dossier, teller.now)


TAKE: Final[Mapping[Differs, Callable[[UnitOfWork, Difference, DeskDayTeller], None]]] = {
    Differs.NUMBER: _accept,
    Differs.ACCEPTED: _accept,
    Differs.IN_PROCESS: _in_process,
    Differs.DATE: _take_date,
}

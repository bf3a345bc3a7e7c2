"""Take a dossier in: the number and the date that the one-stop software gave it, once its papers are all there.

At the count this follows by itself. Later it is a clerk's word: the envelope was counted before there was a number, or papers that
were wanted have been brought to the desk. Law: Decree 61/2018 (the time starts anew when everything is there).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.dossier import DECIDING, DossierState, parse_dossier_code
from app.domain.due_date import DueTold
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.parcel import PaperState
from app.domain.transfer import due_day
from app.models import Dossier, Errand, Paper, Parcel
from app.queries.desks.papers import FROM_THE_CITIZEN, PAPERS_COMPLETE
from app.queries.desks.refusals import dossier_here
from app.queries.reference.calendar import calendar
from app.services import audit
from app.services.booking import pickups
from app.services.desks import dossier_steps, due_dates
from app.services.messaging import messages
from app.texts.documents import WORKING_DAY
from app.unit_of_work import UnitOfWork

TO_ACCEPT: Final = frozenset({DossierState.REGISTERED, DossierState.PAPERS_WANTED})
DOOR_IS_LEFT: Final = "papers_complete"  # why a visit that nobody has begun is called off


@dataclass(frozen=True, slots=True)
class Accepting:
    """What stands on the appointment slip, as a clerk of the desk says it."""

    dossier_id: UUID
    desk_id: int
    dossier_code: str | None
    due_on: date | None
    by: str
    now: datetime


def accept(work: UnitOfWork, said: Accepting) -> Dossier:
    """Everything is there: the dossier is accepted, a visit for its papers that nobody has begun is called off.

    Raises `not_found`, `nothing_to_accept`, `papers_still_sealed`, `courier_on_the_way`, `dossier_code_missing`,
    `dossier_code_malformed`, `dossier_code_taken`.
    """
    dossier_here(work, said.dossier_id, said.desk_id)
    visits = pickups.hold(work, said.dossier_id)
    dossier = work.get_one(Dossier, said.dossier_id, with_for_update={"of": Dossier}, populate_existing=True)
    collections = [visit for visit in visits if visit.kind is ErrandKind.COLLECT]
    _check(work, dossier, collections)
    number(work, dossier, said.dossier_code)
    if dossier.code is None:
        raise DomainError("dossier_code_missing", kind="invalid", field="dossier_code")
    due_dates.tell(work, dossier, DueTold(said.due_on, DossierState.ACCEPTED, said.by, said.now))
    audit.record(work, said.by, PAPERS_COMPLETE, "dossier", dossier.id, said.now)
    pickups.call_off(work, dossier, collections, DOOR_IS_LEFT, said.by, said.now)
    enter(work, dossier, None, f"{dossier.id}:{said.now:%Y%m%dT%H%M%S}", by=said.by, now=said.now)
    return dossier


def confirm_due(work: UnitOfWork, said: Accepting) -> Dossier:
    """The date of a dossier that was accepted without one. Raises `not_found`, `nothing_to_accept`, `due_on_missing`."""
    dossier_here(work, said.dossier_id, said.desk_id)
    dossier = work.get_one(Dossier, said.dossier_id, with_for_update={"of": Dossier}, populate_existing=True)
    if dossier.state not in DECIDING or dossier.due_on is not None:
        raise DomainError("nothing_to_accept")
    if said.due_on is None:
        raise DomainError("due_on_missing", kind="invalid", field="due_on")
    due_dates.tell(work, dossier, DueTold(said.due_on, dossier.state, said.by, said.now))
    audit.record(work, said.by, "dossier.due_confirmed", "dossier", dossier.id, said.now)
    tell_due(work, dossier, said.now)
    return dossier


def tell_due(work: UnitOfWork, dossier: Dossier, now: datetime) -> None:
    """The citizen reads a date that was not on the slip of the acceptance: it had none, or the time was counted anew."""
    _tell(work, dossier, None, f"due:{dossier.id}:{dossier.due_on}", now)


def enter(work: UnitOfWork, dossier: Dossier, errand: Errand | None, occasion: str, *, by: str, now: datetime) -> None:
    """The step itself, and the citizen told of number and date. The caller holds the dossier, which has its number."""
    dossier.accepted_at = now
    dossier_steps.move(work, dossier, DossierState.ACCEPTED, by=by, at=now, now=now)
    _tell(work, dossier, errand, occasion, now)


def number(session: Session, dossier: Dossier, given: str | None) -> None:
    """Write the one-stop software's number down, where one is given. Raises `dossier_code_malformed`, `dossier_code_taken`."""
    if not given:
        return
    code = str(parse_dossier_code(given))
    if session.scalar(select(Dossier.id).where(Dossier.code == code, Dossier.id != dossier.id)) is not None:
        raise DomainError("dossier_code_taken", kind="invalid", field="dossier_code", dossier=code)
    dossier.code = code


def proposed_due(session: Session, dossier: Dossier, today: date) -> date | None:
    """The published time counted from today; the date on the slip is the one that holds."""
    procedure = dossier.procedure
    working = procedure.time_unit == WORKING_DAY
    return due_day(today, procedure.time_value, working=working, calendar=calendar(session))


def _check(session: Session, dossier: Dossier, collections: Sequence[Errand]) -> None:
    if dossier.state not in TO_ACCEPT:
        raise DomainError("nothing_to_accept")
    if any(visit.state is ErrandState.UNDER_WAY for visit in collections):
        raise DomainError("courier_on_the_way")
    if still_sealed(session, dossier):
        raise DomainError("papers_still_sealed")


def still_sealed(session: Session, dossier: Dossier) -> bool:
    """Has an envelope of the citizen's papers still to be opened? What is lost, the citizen may bring anew."""
    sealed = (
        select(Parcel.id)
        .join(Paper, Paper.parcel_id == Parcel.id)
        .where(
            Parcel.dossier_id == dossier.id,
            Parcel.purpose.in_(FROM_THE_CITIZEN),
            Parcel.holder.not_in((Holder.CITIZEN, Holder.LOST)),
            Paper.state == PaperState.IN_PARCEL,
        )
    )
    return session.scalars(sealed.limit(1)).first() is not None


def _tell(work: UnitOfWork, dossier: Dossier, errand: Errand | None, occasion: str, now: datetime) -> None:
    if dossier.due_on is None:
        messages.tell(work, dossier.request, errand, "accepted", now, f"accepted:{occasion}", dossier=dossier.code)
    else:
        said = {"dossier": dossier.code, "due": dossier.due_on}
        messages.tell(work, dossier.request, errand, "accepted_until", now, f"accepted_until:{occasion}", **said)

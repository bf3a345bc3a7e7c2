"""Find a request, an office or a courier by what somebody says on the telephone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from app.domain.errand import OPEN
from app.domain.lookup import FEWEST_OF_CODE, Sought
from app.domain.wording import folded
from app.models import (
    Applicant,
    Courier,
    Dossier,
    Entitlement,
    Errand,
    Office,
    Parcel,
    Place,
    PlanOffice,
    Route,
    ServiceRequest,
)
from app.queries.visible import Offices, within

MOST_REQUESTS, MOST_PLACES = 8, 4
COMMON, NEWEST = 1000, 20_000  # so many rows with a word make it a common one; so many requests are then looked through


class FoundBy(StrEnum):
    """Why a request is shown, the surest first."""

    CODE = "code"
    PHONE = "phone"
    NAME = "name"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class FoundRequest:
    """`visit`: the next one, else the last there was."""

    request: ServiceRequest
    by: FoundBy
    visit: Errand | None


@dataclass(frozen=True, slots=True)
class FoundCourier:
    """`route_id`: what the courier rides that day, of the plan in force."""

    courier: Courier
    route_id: int | None


@dataclass(frozen=True, slots=True)
class LookupResult:
    requests: Sequence[FoundRequest] = ()
    offices: Sequence[Office] = ()
    couriers: Sequence[FoundCourier] = ()
    more: bool = False  # requests than are shown

    def __bool__(self) -> bool:
        return bool(self.requests or self.offices or self.couriers)


def look_up(session: Session, sought: Sought, day: date, office_ids: Offices) -> LookupResult:
    """The newest requests first within what they were found by; nothing of offices outside `office_ids`."""
    if not sought.says_something:
        return LookupResult()
    by: dict[UUID, FoundBy] = {}
    for reason, ids in _requests(session, sought, office_ids):
        for request_id in ids:
            by.setdefault(request_id, reason)
        if ids and reason is FoundBy.CODE and sought.is_a_code:
            break
    shown = list(by)[:MOST_REQUESTS]
    return LookupResult(
        _whole(session, shown, by),
        _offices(session, sought.words, office_ids),
        _couriers(session, sought.words, day, office_ids),
        more=len(by) > MOST_REQUESTS,
    )


def _requests(session: Session, sought: Sought, office_ids: Offices) -> Iterable[tuple[FoundBy, Sequence[UUID]]]:
    for reason, which in _ways(session, sought, office_ids):
        yield reason, _newest(session, which, office_ids)


def _ways(session: Session, sought: Sought, office_ids: Offices) -> Iterable[tuple[FoundBy, Select[UUID]]]:
    for code in _bears(sought):
        yield FoundBy.CODE, select(ServiceRequest.id).where(code)
    for reason, link, owners in _said(sought):
        yield reason, _owned(session, link, owners, office_ids)


def _said(sought: Sought) -> Iterable[tuple[FoundBy, InstrumentedAttribute[UUID], Select[UUID]]]:
    """By which column a request leads to what bears the number or the words, and the ids of that."""
    helped = aliased(ServiceRequest)
    if sought.digits is not None:
        theirs, helpers = _ends(Applicant.phone, sought.digits), _ends(helped.helper_phone, sought.digits)
        yield FoundBy.PHONE, ServiceRequest.applicant_id, select(Applicant.id).where(*theirs)
        yield FoundBy.PHONE, ServiceRequest.id, select(helped.id).where(*helpers)
    if sought.words:
        named = _has(func.folded_words(Applicant.name), sought.words)
        yield FoundBy.NAME, ServiceRequest.applicant_id, select(Applicant.id).where(named)
        helping = _has(func.folded_words(helped.helper_name), sought.words)
        yield FoundBy.NAME, ServiceRequest.id, select(helped.id).where(helped.helper_name.is_not(None), helping)
        lives = _has(func.folded_words(_WRITTEN), sought.words)
        yield FoundBy.ADDRESS, ServiceRequest.place_id, select(Place.id).where(lives)


def _owned(
    session: Session, link: InstrumentedAttribute[UUID], owners: Select[UUID], office_ids: Offices
) -> Select[UUID]:
    """Requests whose `link` is one of `owners`, which an index finds.

    What very many have is looked for among the newest requests alone: to sort all of them would take seconds, and
    nobody reads so far.
    """
    some = session.scalars(owners.limit(COMMON)).all()
    if len(some) < COMMON:
        return select(ServiceRequest.id).where(link.in_(some))
    newest = select(ServiceRequest.id).order_by(ServiceRequest.created_at.desc()).limit(NEWEST)
    (column,) = owners.selected_columns
    owned = owners.where(column == link).correlate(ServiceRequest).exists()
    return select(ServiceRequest.id).where(ServiceRequest.id.in_(_seen(newest, office_ids)), owned)


_WRITTEN: Final[ColumnElement[str]] = literal_column(
    "(coalesce(place.address, '') || ' ' || coalesce(place.landmark, ''))"
)  # as its index says


def _bears(sought: Sought) -> Iterable[ColumnElement[bool]]:
    """Ours, from its beginning; a dossier's, its own or asked for; an envelope's."""
    if sought.reference is not None:
        yield and_(*_begins(ServiceRequest.reference, sought.reference))
    if len(sought.code) >= FEWEST_OF_CODE:
        of_dossier = select(Dossier.request_id)
        asked = of_dossier.join(Entitlement, Entitlement.dossier_id == Dossier.id)
        sealed = of_dossier.join(Parcel, Parcel.dossier_id == Dossier.id)
        yield ServiceRequest.id.in_(
            union(
                of_dossier.where(Dossier.code == sought.code),
                asked.where(Entitlement.asked_code == sought.code),
                sealed.where(Parcel.code == sought.bare),
            )
        )


def _begins(column: ColumnElement[str] | InstrumentedAttribute[str], start: str) -> tuple[ColumnElement[bool], ...]:
    """Letter by letter, so that its index serves whatever the database's language is. `start`: ASCII."""
    after = start[:-1] + chr(ord(start[-1]) + 1)
    return column.op("~>=~", is_comparison=True)(start), column.op("~<~", is_comparison=True)(after)


def _ends(column: InstrumentedAttribute[Any], digits: str) -> tuple[ColumnElement[bool], ...]:
    return _begins(func.reverse(column), digits[::-1])


def _has(words: ColumnElement[Any], sought: Sequence[str]) -> ColumnElement[bool]:
    """Every word, or its beginning. The query stands in the statement itself: how common its words are decides by which way."""
    wanted: ColumnElement[str] = bindparam(None, " & ".join(f"{word}:*" for word in sought), literal_execute=True)
    return words.bool_op("@@")(func.to_tsquery(literal_column("'simple'"), wanted))


def _newest(session: Session, which: Select[UUID], office_ids: Offices) -> Sequence[UUID]:
    newest = _seen(which, office_ids).order_by(ServiceRequest.created_at.desc(), ServiceRequest.id)
    return session.scalars(newest.limit(MOST_REQUESTS + 1)).all()


def _seen(which: Select[UUID], office_ids: Offices) -> Select[UUID]:
    if office_ids is None:
        return which
    mine = select(Errand.id).where(Errand.request_id == ServiceRequest.id, Errand.office_id.in_(office_ids))
    return which.where(mine.exists())


def _whole(session: Session, ids: Sequence[UUID], by: Mapping[UUID, FoundBy]) -> list[FoundRequest]:
    if not ids:
        return []
    rows = session.scalars(
        select(ServiceRequest)
        .where(ServiceRequest.id.in_(ids))
        .options(joinedload(ServiceRequest.applicant), joinedload(ServiceRequest.place).joinedload(Place.unit))
    )
    known = {row.id: row for row in rows}
    visits: dict[UUID, Errand] = {}
    of_these = select(Errand).where(Errand.request_id.in_(ids)).options(joinedload(Errand.slot))
    for errand in session.scalars(of_these.order_by(Errand.created_at, Errand.id)):
        before = visits.get(errand.request_id)
        if before is None or before.state not in OPEN:
            visits[errand.request_id] = errand
    return [FoundRequest(known[one], by[one], visits.get(one)) for one in ids]


def _offices(session: Session, words: Sequence[str], office_ids: Offices) -> list[Office]:
    if not words:
        return []
    rows = session.scalars(
        select(Office).where(Office.closed_at.is_(None), *within(Office.id, office_ids)).order_by(Office.name)
    )
    return [row for row in rows if _speaks_of(row.name, words)][:MOST_PLACES]


def _couriers(session: Session, words: Sequence[str], day: date, office_ids: Offices) -> list[FoundCourier]:
    if not words:
        return []
    at_work = select(Courier).where(Courier.active, *within(Courier.office_id, office_ids))
    rows = session.scalars(at_work.options(joinedload(Courier.office)).order_by(Courier.name, Courier.id))
    known = [row for row in rows if _speaks_of(row.name or "", words)][:MOST_PLACES]
    in_force = (PlanOffice.plan_id == Route.plan_id) & (PlanOffice.office_id == Route.office_id)
    riding = (
        select(Route.courier_id, Route.id)
        .join(PlanOffice, in_force)
        .where(PlanOffice.day == day, PlanOffice.published, Route.courier_id.in_([row.id for row in known]))
    )
    routes = {row.courier_id: row.id for row in session.execute(riding)}
    return [FoundCourier(row, routes.get(row.id)) for row in known]


def _speaks_of(name: str, words: Sequence[str]) -> bool:
    spoken = folded(name).split()
    return all(any(one.startswith(word) for one in spoken) for word in words)

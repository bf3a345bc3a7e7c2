"""Bản kê BD13: the printed list of one courier's day. Names and doors of his own stops only; no telephone, no ID number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import LOCAL
from app.config import Keys
from app.domain.checklist import papers_of_visit
from app.domain.errand import ErrandKind
from app.domain.errors import DomainError
from app.domain.greeting import greeting
from app.domain.parcel import ParcelPurpose
from app.domain.preparing import is_form
from app.models import Dossier, Errand, Parcel, Place, Procedure, Route, ServiceRequest, Slot, Stop
from app.texts import kilometres, say
from app.texts.documents import ROUTE_SHEET
from app.texts.trips import back_sentence

SECONDS_A_MINUTE = 60


def sheet_of(session: Session, route: Route, keys: Keys, language: str) -> dict[str, Any]:
    """What `route_sheet.typ` shows of a route: A4 landscape, stops in the order of the plan, the break where it is planned."""
    words = {key: say(sentence, language) for key, sentence in ROUTE_SHEET.items() if "%" not in sentence}
    office = route.office.name
    day = route.plan.day.strftime("%d/%m/%Y")
    return {
        "words": words,
        "facts": [
            [words["office"], office],
            [words["day"], day],
            [words["route"], str(route.number)],
            [words["courier"], route.courier.name],
            [words["stops"], str(len(route.stops))],
            [words["distance"], kilometres(route.distance_m, language)],
            [words["leaves"], f"{route.starts_at.astimezone(LOCAL):%H:%M}"],
            [words["back"], f"{route.ends_at.astimezone(LOCAL):%H:%M}"],
        ],
        "forms": _forms(route),
        "rows": _Rows(route, _results(session, route), words, keys, language).all(),
        "footer": f"{office} · {day} · {route.courier.name}",
    }


def _forms(route: Route) -> list[str]:
    """The empty forms to take along, so that nobody has to fetch one: "2 × Tờ khai đăng ký khai sinh"."""
    wanted = Counter(
        line.name
        for stop in route.stops
        for errand in stop.errands
        if errand.kind is ErrandKind.COLLECT
        for dossier in errand.dossiers
        for line in papers_of_visit(dossier.procedure.papers, dossier.cases, errand.only_lines)
        if is_form(line)
    )
    return [f"{count} × {name}" for name, count in sorted(wanted.items())]


def load_route(session: Session, route_id: int) -> Route:
    """The route with all that its papers show, in a handful of queries. Raises `not_found`."""
    errands = selectinload(Route.stops).selectinload(Stop.errands)
    dossiers = errands.selectinload(Errand.dossiers)
    route = session.scalar(
        select(Route)
        .where(Route.id == route_id)
        .options(
            joinedload(Route.office),
            joinedload(Route.courier),
            joinedload(Route.plan),
            selectinload(Route.stops).joinedload(Stop.place).joinedload(Place.unit),
            errands.joinedload(Errand.request).joinedload(ServiceRequest.applicant),
            errands.joinedload(Errand.slot),
            dossiers.joinedload(Dossier.procedure).selectinload(Procedure.papers),
            dossiers.joinedload(Dossier.desk),
        )
    )
    if route is None:
        raise DomainError("not_found", kind="not_found", field="route")
    return route


def _results(session: Session, route: Route) -> dict[UUID, list[Parcel]]:
    """The envelopes to be brought, by errand: what is collected gets its label at the door."""
    errands = [errand.id for stop in route.stops for errand in stop.errands]
    brought = select(Parcel).where(
        Parcel.errand_id.in_(errands), Parcel.purpose.in_((ParcelPurpose.RESULT, ParcelPurpose.GIVE_BACK))
    )
    found: dict[UUID, list[Parcel]] = {}
    for parcel in session.scalars(brought.options(selectinload(Parcel.seals)).order_by(Parcel.code)):
        found.setdefault(parcel.errand_id or parcel.id, []).append(parcel)
    return found


@dataclass(frozen=True, slots=True)
class _Rows:
    """The table of a sheet: a row a door, the break where it is planned."""

    route: Route
    results: Mapping[UUID, Sequence[Parcel]]
    words: Mapping[str, str]
    keys: Keys
    language: str

    def all(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        pause, backs = self.route.break_at, {stop.id: between for stop, between in self.route.returns()}
        for number, stop in enumerate(self.route.stops, start=1):
            if pause is not None and stop.arrives_at >= pause:
                rows.append(self.pause(pause))
                pause = None
            if between := backs.get(stop.id):
                rows.append({"pause": back_sentence(stop.trip, between["at"], between["leaves"], self.language)})
            rows.append(self.door(number, stop))
        if pause is not None and rows:
            rows.append(self.pause(pause))
        return rows

    def pause(self, start: datetime) -> dict[str, Any]:
        minutes = self.route.break_s // SECONDS_A_MINUTE
        at = f"{start.astimezone(LOCAL):%H:%M}"
        return {"pause": say(ROUTE_SHEET["break"], self.language, start=at, minutes=minutes)}

    def door(self, number: int, stop: Stop) -> dict[str, Any]:
        return {
            "number": number,
            "time": f"{stop.starts_at.astimezone(LOCAL):%H:%M}",
            "address": stop.place.address or "—",
            "landmark": stop.place.landmark or "",
            "visits": [self.visit(errand) for errand in stop.errands],
        }

    def visit(self, errand: Errand) -> dict[str, str]:
        brought = self.results.get(errand.id, ())
        return {
            "promised": _hours(errand.slot) if errand.slot is not None else "—",
            "who": errand.request.applicant.name or "—",
            "word": say(
                ROUTE_SHEET["word"], self.language, word=greeting(self.keys.greeting, errand.id, errand.slot_id)
            ),
            "task": self.words[errand.kind.value],
            "procedures": "; ".join(dossier.procedure.name for dossier in errand.dossiers),
            "parcels": ", ".join(parcel.code for parcel in brought),
            "seals": ", ".join(seal.number for parcel in brought for seal in parcel.seals if seal.broken_at is None),
        }


def _hours(slot: Slot) -> str:
    return f"{slot.starts_at.astimezone(LOCAL):%H:%M}–{slot.ends_at.astimezone(LOCAL):%H:%M}"

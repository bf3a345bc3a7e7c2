"""Bản kê BD13: the printed list of one courier's day. Names and doors of his own stops only; no telephone, no ID number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.clock import LOCAL
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.models import Errand, Parcel, Route, Slot, Stop
from app.services.documents.typeset import typeset
from app.texts import kilometres, say
from app.texts.documents import BRAND, ROUTE_SHEET

SECONDS_A_MINUTE = 60


def render(session: Session, route_id: int, language: str = "vi") -> bytes:
    """A PDF in A4 landscape; stops in the order of the plan, the break where it is planned. Raises `not_found`."""
    route = _route(session, route_id)
    words = {key: say(sentence, language) for key, sentence in ROUTE_SHEET.items()}
    office = route.office.name
    day = route.plan.day.strftime("%d/%m/%Y")
    return typeset(
        "route_sheet",
        {
            "language": language,
            "words": {**words, "sign_hint": ""},
            "brand": say(BRAND, language),
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
            "rows": _rows(route, _results(session, route), words, language),
            "footer": f"{office} · {day} · {route.courier.name}",
        },
    )


def _route(session: Session, route_id: int) -> Route:
    stops = selectinload(Route.stops)
    wanted = select(Route).where(Route.id == route_id)
    route = session.scalars(wanted.options(stops.selectinload(Stop.errands), stops.selectinload(Stop.place))).first()
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


def _rows(
    route: Route, results: Mapping[UUID, Sequence[Parcel]], words: Mapping[str, str], language: str
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    pause = route.break_at
    for number, stop in enumerate(route.stops, start=1):
        if pause is not None and stop.arrives_at >= pause:
            rows.append({"pause": _pause(route, language)})
            pause = None
        rows.append(
            {
                "number": number,
                "time": f"{stop.starts_at.astimezone(LOCAL):%H:%M}",
                "address": stop.place.address or "—",
                "landmark": stop.place.landmark or "",
                "visits": [_visit(errand, results.get(errand.id, ()), words) for errand in stop.errands],
            }
        )
    if pause is not None and rows:
        rows.append({"pause": _pause(route, language)})
    return rows


def _pause(route: Route, language: str) -> str:
    assert route.break_at is not None  # the caller asked
    start = f"{route.break_at.astimezone(LOCAL):%H:%M}"
    return say(ROUTE_SHEET["break"], language, start=start, minutes=route.break_s // SECONDS_A_MINUTE)


def _visit(errand: Errand, brought: Sequence[Parcel], words: Mapping[str, str]) -> dict[str, str]:
    slot = errand.slot
    return {
        "promised": _hours(slot) if slot is not None else "—",
        "who": errand.request.applicant.name or "—",
        "task": words[errand.kind.value],
        "procedures": "; ".join(dossier.procedure.name for dossier in errand.dossiers),
        "parcels": ", ".join(parcel.code for parcel in brought),
        "seals": ", ".join(seal.number for parcel in brought for seal in parcel.seals if seal.broken_at is None),
    }


def _hours(slot: Slot) -> str:
    return f"{slot.starts_at.astimezone(LOCAL):%H:%M}–{slot.ends_at.astimezone(LOCAL):%H:%M}"

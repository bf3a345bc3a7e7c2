"""The other way in for an errand that a plan leaves out: another day, while its due date allows.

The plan knows one day; calendars, slots and due dates are the application's. The price is an estimate: the way there and
back from the nearest door or office where a courier is that day anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errand import PLANNABLE
from app.models import Errand, Office, Place, Slot
from app.services.booking.slots import OpenSlot, open_slots
from app.services.planning.assumptions import ASSUMPTIONS
from app.services.planning.due_errands import errands_by_id
from app.services.planning.households import DueErrand
from app.services.planning.loading import is_place, seconds_of
from app.unit_of_work import UnitOfWork
from routing.problem import Point, TravelTimes

NOT_A_MATTER_OF_DAYS = frozenset({"parcel_elsewhere", "unreachable", "skill", "dearer_than_prize", "broken_data"})
"""Reasons that another day changes nothing about."""

Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OtherDay:
    """A later day for one errand, before it has a price. `doors`: where a courier is that day anyway."""

    door: Point
    doors: Sequence[Point]
    days_left: int | None  # before it is due
    day: date
    slot: str


def other_days(work: UnitOfWork, day: date, reasons: Mapping[UUID, str], now: datetime) -> dict[UUID, OtherDay]:
    """For each errand left out of `day`, the first later day with room that keeps its due date; reads only."""
    wanted = [errand for errand, reason in reasons.items() if reason not in NOT_A_MATTER_OF_DAYS]
    if not wanted:
        return {}
    offices = work.scalars(select(Errand.office_id).where(Errand.id.in_(wanted)).distinct()).all()
    errands = errands_by_id(work, day, wanted, offices)
    rows = work.execute(
        select(Errand.id, Place.unit_code).join(Place, Place.id == Errand.place_id).where(Errand.id.in_(wanted))
    )
    units = {row.id: row.unit_code for row in rows}
    choices = {unit: open_slots(work, unit, now) for unit in sorted(set(units.values()))}
    found: dict[UUID, OtherDay] = {}
    visited: dict[tuple[int, date], Sequence[Point]] = {}
    for errand_id in wanted:
        errand = errands[errand_id]
        slot = _first(choices[units[errand_id]], day, errand)
        if slot is None or not is_place(errand.location):
            continue
        key = (errand.office_id, slot.day)
        if key not in visited:
            visited[key] = [door for door in _doors(work, *key) if is_place(door)]
        if not visited[key]:
            continue
        left = None if errand.due_on is None else (errand.due_on - slot.day).days
        found[errand_id] = OtherDay(errand.location, visited[key], left, slot.day, slot.label)
    return found


def price_days(days: Mapping[UUID, OtherDay], travel_times: TravelTimes) -> dict[UUID, Change]:
    """What each of them costs: `{kind: "day", amount: days left before it is due (or None), unit: "d", cost_delta: đồng,
    day, slot}`. The ways may ask a road server: call it with no transaction open.
    """
    return {
        errand_id: {
            "kind": "day",
            "amount": later.days_left,
            "unit": "d",
            "cost_delta": _price(later.door, later.doors, travel_times),
            "day": later.day.isoformat(),
            "slot": later.slot,
        }
        for errand_id, later in days.items()
    }


def _first(slots: Collection[OpenSlot], day: date, errand: DueErrand) -> OpenSlot | None:
    """The earliest day with room; on it the slot nearest to the time of day that was promised."""
    later = [slot for slot in slots if slot.day > day and (errand.due_on is None or slot.day <= errand.due_on)]

    def rank(slot: OpenSlot) -> tuple[date, int, int]:
        return slot.day, abs(seconds_of(slot.starts_at, slot.day) - errand.starts), -_length(slot)

    return min(later, key=rank, default=None)


def _length(slot: OpenSlot) -> int:
    return round((slot.ends_at - slot.starts_at).total_seconds())


def _doors(session: Session, office_id: int, day: date) -> Sequence[Point]:
    """The office, and every door that is booked there that day."""
    office = session.get_one(Office, office_id)
    rows = session.execute(
        select(Place.lon, Place.lat)
        .join(Errand, Errand.place_id == Place.id)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Errand.office_id == office_id, Slot.day == day, Errand.state.in_(PLANNABLE))
    )
    return [(office.lon, office.lat), *((row.lon, row.lat) for row in rows)]


def _price(door: Point, doors: Sequence[Point], travel_times: TravelTimes) -> int:
    seconds, metres = travel_times.block(ASSUMPTIONS.profile, [door], doors)
    prices = (ASSUMPTIONS.per_km * metres[0] * 3600 + ASSUMPTIONS.per_hour * seconds[0] * 1000) // 3_600_000
    return 2 * int(prices.min())

"""Slots: half days everywhere, two hours where density allows, and until when they may be booked (docs/decisions/clock-and-day.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.clock import at, local_day
from app.domain.errors import DomainError
from app.domain.working_days import Calendar


class SlotKind(StrEnum):
    HALF_DAY = "half_day"
    TWO_HOURS = "two_hours"


class WhyNot(StrEnum):
    """Why a day is not among those that can be chosen."""

    HOLIDAY = "holiday"
    WEEKEND = "weekend"
    NO_BOAT = "no_boat"  # to this island
    CLOSED = "closed"  # this commune: flood, landslide
    TOO_LATE = "too_late"
    NOT_YET = "not_yet"  # before the commune's service begins
    FULL = "full"


@dataclass(frozen=True, slots=True)
class SlotTimes:
    kind: SlotKind
    start: time
    end: time


MORNING = SlotTimes(SlotKind.HALF_DAY, time(7, 0), time(11, 30))
AFTERNOON = SlotTimes(SlotKind.HALF_DAY, time(13, 0), time(17, 0))
HALF_DAYS = (MORNING, AFTERNOON)
TWO_HOURS = tuple(SlotTimes(SlotKind.TWO_HOURS, time(start), time(start + 2)) for start in (7, 9, 13, 15))
BOOKING_CLOSES, CHANGES_CLOSE = time(16, 30), time(4, 59)
DAYS_AHEAD = 5
HOLD = timedelta(minutes=10)
STOPS_A_COURIER = 28  # docs/decisions/clock-and-day.md: demo couriers an office = max(1, ⌈errands/28⌉)


def slot_times(*, ward: bool) -> tuple[SlotTimes, ...]:
    """Wards are dense enough for two-hour slots; communes have half days."""
    return HALF_DAYS + TWO_HOURS if ward else HALF_DAYS


def bookable_days(now: datetime, calendar: Calendar, unit_code: str) -> list[date]:
    """The open days on which a visit may still be booked: tomorrow to five working days ahead, closing 16:30 the day before."""
    return [day for day in asked_days(now, calendar) if why_not(day, now, calendar, unit_code) is None]


def asked_days(now: datetime, calendar: Calendar) -> list[date]:
    """Every day from tomorrow to the last that can be booked, open or not."""
    today = local_day(now)
    return [today + timedelta(days=n) for n in range(1, (calendar.add(today, DAYS_AHEAD) - today).days + 1)]


def why_not(day: date, now: datetime, calendar: Calendar, unit_code: str) -> WhyNot | None:
    """Why nobody may book that day, whatever room it has; None: they may."""
    if day in calendar.holidays:
        return WhyNot.HOLIDAY
    if not calendar.is_working(day):
        return WhyNot.WEEKEND
    if not calendar.is_open(unit_code, day):
        return WhyNot.CLOSED
    if not sails(day, calendar, unit_code):
        return WhyNot.NO_BOAT
    return WhyNot.TOO_LATE if now >= booking_closes_at(day) else None


def sails(day: date, calendar: Calendar, unit_code: str) -> bool:
    """Can a courier be there at all: by road, or because that day's boat goes?"""
    return not calendar.by_boat(unit_code) or calendar.boat_hours(unit_code, day) is not None


def reachable(starts_at: datetime, ends_at: datetime, calendar: Calendar, unit_code: str) -> bool:
    """Does enough of a slot lie within the boat's hours, where one goes?"""
    if not calendar.by_boat(unit_code):
        return True
    hours = calendar.boat_hours(unit_code, local_day(starts_at))
    return hours is not None and hours.within(starts_at, ends_at) is not None


def held_until(day: date, now: datetime) -> datetime:
    """A place is kept ten minutes, but never beyond the minute at which its day closes."""
    return min(now + HOLD, booking_closes_at(day))


def booking_closes_at(day: date) -> datetime:
    return at(day - timedelta(days=1), BOOKING_CLOSES)


def changes_close_at(day: date) -> datetime:
    return at(day, CHANGES_CLOSE)


def check_bookable(day: date, now: datetime, calendar: Calendar, unit_code: str) -> None:
    """Raise `day_closed`, `no_boat`, `booking_closed` or `day_too_far` (field `slot_id`)."""
    if not calendar.is_open(unit_code, day):
        raise DomainError("day_closed", kind="invalid", field="slot_id", day=day)
    if not sails(day, calendar, unit_code):
        raise DomainError("no_boat", kind="invalid", field="slot_id", day=day)
    if now >= booking_closes_at(day):
        raise DomainError("booking_closed", kind="invalid", field="slot_id", day=day)
    if day > calendar.add(local_day(now), DAYS_AHEAD):
        raise DomainError("day_too_far", kind="invalid", field="slot_id", day=day, days=DAYS_AHEAD)


def check_changeable(day: date, now: datetime) -> None:
    """Raise `changes_closed` after 04:59 on the day of the visit."""
    if now >= changes_close_at(day):
        raise DomainError("changes_closed", day=day)

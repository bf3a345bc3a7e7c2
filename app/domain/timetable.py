"""The timetable of a round: on which weekdays a van goes, where it calls and when; when a bag would be there.

The clock of a timetable is that of Gia Lai. A van does not go on public holidays [assumption].
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from app.clock import LOCAL
from app.domain.custody import Party
from app.domain.errors import DomainError
from app.domain.working_days import Calendar

LOOK_AHEAD: Final = timedelta(days=14)
FEWEST_CALLS: Final = 2
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3])[:hg.]([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Call:
    """One stop of the van."""

    place: Party
    at: time


@dataclass(frozen=True, slots=True)
class Timetable:
    """`weekdays`: 1 Monday … 7 Sunday. Calls in the order in which the van makes them."""

    weekdays: frozenset[int]
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Trip:
    """A bag's ride: when the van takes it, when it is there. Both aware."""

    leaves_at: datetime
    arrives_at: datetime


def read_clock(text: str, field: str) -> time:
    """`7:30`, `07:30` or `7h30`. Raises `call_time_malformed`."""
    match = _CLOCK.fullmatch(text.strip().lower())
    if match is None:
        raise DomainError("call_time_malformed", kind="invalid", field=field, given=text.strip()[:20])
    return time(int(match[1]), int(match[2]))


def check_timetable(timetable: Timetable) -> None:
    """Raise `round_without_days`, `round_too_short`, `calls_out_of_order` or `call_repeated`, at the field of the form."""
    if not timetable.weekdays or not timetable.weekdays <= set(range(1, 8)):
        raise DomainError("round_without_days", kind="invalid", field="weekdays")
    if len(timetable.calls) < FEWEST_CALLS:
        raise DomainError("round_too_short", kind="invalid", field="call_1_place")
    for number, (before, call) in enumerate(zip(timetable.calls, timetable.calls[1:], strict=False), start=2):
        if call.at <= before.at:
            raise DomainError("calls_out_of_order", kind="invalid", field=f"call_{number}_at", number=number)
        if call.place == before.place:
            raise DomainError("call_repeated", kind="invalid", field=f"call_{number}_place", number=number)


def next_trip(
    timetable: Timetable, origin: Collection[Party], destination: Collection[Party], after: datetime, calendar: Calendar
) -> Trip | None:
    """The first ride from one of `origin` to one of `destination` that leaves at `after` or later, within two weeks.

    A place has several names where a desk sits in a post office. None: this round does not go there, or not that way.
    """
    legs = _legs(timetable, origin, destination)
    first = after.astimezone(LOCAL).date()
    for ahead in range(LOOK_AHEAD.days + 1):
        day = first + timedelta(days=ahead)
        if day.isoweekday() not in timetable.weekdays or day in calendar.holidays:
            continue
        for leg in legs:
            leaves_at, arrives_at = (datetime.combine(day, at, LOCAL) for at in leg)
            if leaves_at >= after:
                return Trip(leaves_at, arrives_at)
    return None


def _legs(timetable: Timetable, origin: Collection[Party], destination: Collection[Party]) -> list[tuple[time, time]]:
    """In the order of the calls: whichever leaves first is also the first to arrive, for one van overtakes nobody."""
    calls = timetable.calls
    return [
        (start.at, end.at)
        for place, start in enumerate(calls)
        if start.place in origin
        for end in calls[place + 1 :]
        if end.place in destination
    ]


def soonest(trips: Iterable[tuple[int, Trip | None]]) -> tuple[int, Trip] | None:
    """Of several rounds' next trips the one that arrives first."""
    found = [(number, trip) for number, trip in trips if trip is not None]
    return min(found, key=lambda one: (one[1].arrives_at, one[1].leaves_at, one[0]), default=None)


CHANGE: Final = timedelta(minutes=30)  # a bag is opened and its envelopes put into the next one [assumption]
MOST_LEGS: Final = 4


@dataclass(frozen=True, slots=True)
class RoundRide:
    """One ride of a longer way, by round, and where it ends."""

    number: int
    trip: Trip
    to: Party


Names = Mapping[Party, frozenset[Party]]
"""The names of a place where it has several."""


def earliest_way(
    rounds: Mapping[int, Timetable],
    names: Names,
    origin: Collection[Party],
    destination: Collection[Party],
    after: datetime,
    calendar: Calendar,
) -> tuple[RoundRide, ...] | None:
    """The rides, one after the other, that bring a bag there first; empty where it is there, None where no vans go."""
    if not set(origin).isdisjoint(destination):
        return ()
    reached: list[tuple[frozenset[Party], datetime, tuple[RoundRide, ...]]] = [(frozenset(origin), after, ())]
    best: dict[Party, datetime] = dict.fromkeys(origin, after)
    found: tuple[RoundRide, ...] | None = None
    while reached:
        reached.sort(key=lambda one: one[1], reverse=True)
        places, ready, legs = reached.pop()
        if found is not None and found[-1].trip.arrives_at <= ready:
            break
        for leg in _rides(rounds, places, ready, calendar) if len(legs) < MOST_LEGS else ():
            there = names.get(leg.to, frozenset({leg.to}))
            arrives = leg.trip.arrives_at
            if all(best.get(place, arrives + CHANGE) <= arrives for place in there):
                continue
            best |= dict.fromkeys(there, arrives)
            if not there.isdisjoint(destination):
                if found is None or arrives < found[-1].trip.arrives_at:
                    found = (*legs, leg)
                continue
            reached.append((there, arrives + CHANGE, (*legs, leg)))
    return found


def _rides(
    rounds: Mapping[int, Timetable], places: Collection[Party], after: datetime, calendar: Calendar
) -> Iterator[RoundRide]:
    """From here by each round, to each of its later calls, the next time that it goes."""
    for number, timetable in rounds.items():
        for place, start in enumerate(timetable.calls):
            if start.place not in places:
                continue
            day = _next_day(timetable, start.at, after, calendar)
            if day is None:
                continue
            leaves_at = datetime.combine(day, start.at, LOCAL)
            for end in timetable.calls[place + 1 :]:
                yield RoundRide(number, Trip(leaves_at, datetime.combine(day, end.at, LOCAL)), end.place)


def _next_day(timetable: Timetable, at: time, after: datetime, calendar: Calendar) -> date | None:
    first = after.astimezone(LOCAL).date()
    for ahead in range(LOOK_AHEAD.days + 1):
        day = first + timedelta(days=ahead)
        goes = day.isoweekday() in timetable.weekdays and day not in calendar.holidays
        if goes and datetime.combine(day, at, LOCAL) >= after:
            return day
    return None

"""The demonstration's timetable of rounds: each hub's vans bring in and take out every office of its side; one runs between hubs.

Every afternoon a bag may leave any office, and the next morning reach any other: the hubs exchange theirs by night.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from itertools import pairwise
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.commands import SaveRound
from app.domain.custody import Holder, Party
from app.domain.timetable import Call, Timetable
from app.models import Desk, Office, Unit
from app.services.desks.rounds import save_round

WORKDAYS: Final = frozenset(range(1, 7))
CALLS: Final = 8  # offices a van: the longest of its tours takes four hours
CALL_EVERY_MIN: Final = 28
OUT, IN, BETWEEN, BACK = time(6), time(13), time(18), time(23)
BY: Final = "system"


def name_prefixes(session: Session) -> None:
    """As the demonstration's codes are made: the province, and the unit's number in two parts."""
    rows = session.execute(
        select(Desk.id, Desk.unit_code).where(Desk.level == "commune", Desk.dossier_prefix.is_(None))
    )
    for row in rows.all():
        prefix = f"H21.{row.unit_code[:2]}.{row.unit_code[2:]}"
        session.execute(update(Desk).where(Desk.id == row.id).values(dossier_prefix=prefix))


def make_rounds(session: Session, now: datetime) -> int:
    """Returns how many. Nothing where no hub stands."""
    hubs = session.scalars(select(Office).where(Office.kind == "hub").order_by(Office.id)).all()
    made = 0
    for command in (*_tours(session, hubs, now), *_between(hubs, now)):
        save_round(session, command)
        made += 1
    return made


def _tours(session: Session, hubs: Sequence[Office], now: datetime) -> Iterator[SaveRound]:
    """Offices around their side's hub, by the direction in which they lie: in before the night, out in the morning."""
    sides = {hub.id: session.get_one(Unit, hub.unit_code).side for hub in hubs}
    offices = session.execute(select(Office, Unit.side).join(Unit).where(Office.kind == "commune")).all()
    for hub in hubs:
        mine = [office for office, side in offices if side == sides[hub.id]]
        mine.sort(key=lambda office: (_direction(hub, office), office.id))
        for number, first in enumerate(range(0, len(mine), CALLS), start=1):
            tour = mine[first : first + CALLS]
            yield _round(f"{hub.code[4:8]}-R{number}", f"{hub.name}: đi tuyến {number}", [hub, *tour], OUT, now)
            yield _round(f"{hub.code[4:8]}-V{number}", f"{hub.name}: về tuyến {number}", [*tour, hub], IN, now)


def _direction(hub: Office, office: Office) -> float:
    return math.atan2(office.lat - hub.lat, office.lon - hub.lon)


def _between(hubs: Sequence[Office], now: datetime) -> Iterator[SaveRound]:
    """Five hours by road; the night's van is there before the morning's vans go out."""
    for first, second in pairwise(hubs):
        for one, other in ((first, second), (second, first)):
            calls = (Call(_safe(one), BETWEEN), Call(_safe(other), BACK))
            code = f"{one.code[4:8]}-{other.code[4:8]}"
            yield _saved(code, f"{one.name} – {other.name}", calls, now)


def _round(code: str, name: str, places: Sequence[Office], start: time, now: datetime) -> SaveRound:
    minutes = start.hour * 60 + start.minute
    calls = tuple(
        Call(_safe(place), time(*divmod(minutes + CALL_EVERY_MIN * number, 60))) for number, place in enumerate(places)
    )
    return _saved(code, name, calls, now)


def _saved(code: str, name: str, calls: tuple[Call, ...], now: datetime) -> SaveRound:
    timetable = Timetable(WORKDAYS, calls)
    return SaveRound(round_id=None, code=code, name=name, timetable=timetable, active=True, by=BY, now=now)


def _safe(office: Office) -> Party:
    return Party(Holder.OFFICE_SAFE, str(office.id))

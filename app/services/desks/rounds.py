"""The vans' rounds, entered by hand: weekdays, and where they call when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.domain.commands import SaveRound
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.timetable import check_timetable
from app.domain.wording import tidy, whole_number
from app.models import Desk, Office, Round, RoundCall
from app.services import audit

CODE_AT_MOST = 20
NAME_AT_MOST = 100
PLACES: Final[Mapping[Holder, type[Office | Desk]]] = {Holder.OFFICE_SAFE: Office, Holder.DESK: Desk}


def save_round(session: Session, command: SaveRound) -> Round:
    """Write a new round, or the whole of one that stands: bags already on the road keep the hour they were promised.

    Raises `round_unknown`, `round_code_missing`, `round_code_taken`, `round_name_missing`, `call_place_unknown` and the
    refusals of `check_timetable`.
    """
    code, name = tidy(command.code).upper(), tidy(command.name)
    _check(session, command, code, name)
    row = _row(session, command.round_id)
    row.code, row.name, row.active = code, name, command.active
    row.weekdays = [{"day": day} for day in sorted(command.timetable.weekdays)]
    row.calls.clear()
    session.flush()  # the old calls leave their positions first
    row.calls.extend(
        RoundCall(position=position, holder=call.place.holder, holder_id=call.place.id or "", at=f"{call.at:%H:%M}")
        for position, call in enumerate(command.timetable.calls, start=1)
    )
    session.flush()
    audit.record(session, command.by, "round.saved", "round", row.id, command.now, calls=len(row.calls))
    return row


def _row(session: Session, round_id: int | None) -> Round:
    if round_id is None:
        row = Round(calls=[])
        session.add(row)
        return row
    wanted = select(Round).where(Round.id == round_id).options(selectinload(Round.calls)).with_for_update(of=Round)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise DomainError("round_unknown", kind="not_found")
    return found


def _check(session: Session, command: SaveRound, code: str, name: str) -> None:
    if not 0 < len(code) <= CODE_AT_MOST:
        raise DomainError("round_code_missing", kind="invalid", field="code", most=CODE_AT_MOST)
    if not 0 < len(name) <= NAME_AT_MOST:
        raise DomainError("round_name_missing", kind="invalid", field="name", most=NAME_AT_MOST)
    taken = select(Round.id).where(Round.code == code, Round.id != (command.round_id or 0))
    if session.scalars(taken).first() is not None:
        raise DomainError("round_code_taken", kind="invalid", field="code", given=code)
    for number, call in enumerate(command.timetable.calls, start=1):
        if not _is_open(session, call.place):
            raise DomainError("call_place_unknown", kind="invalid", field=f"call_{number}_place", number=number)
    check_timetable(command.timetable)


def _is_open(session: Session, place: Party) -> bool:
    table, number = PLACES.get(place.holder), whole_number(place.id or "")
    if table is None or number is None:
        return False
    return session.scalar(select(table.id).where(table.id == number, table.closed_at.is_(None))) is not None

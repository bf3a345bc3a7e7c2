"""Who waits for a call that ends in a booking, with what was chosen so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import DomainError
from app.domain.identity import PhoneNumber
from app.models import BookingWish, Procedure
from app.queries.visible import Offices, within


@dataclass(frozen=True, slots=True)
class WishedCall:
    """`codes` and `procedures`: what is still published of what was chosen, by code and by name."""

    wish: BookingWish
    phone: PhoneNumber = field(repr=False)
    codes: tuple[str, ...]
    procedures: tuple[str, ...]


def open_wishes(session: Session, office_ids: Offices) -> list[WishedCall]:
    """Whoever is to be called first comes first."""
    rows = session.scalars(
        select(BookingWish)
        .where(BookingWish.done_at.is_(None), *within(BookingWish.office_id, office_ids))
        .options(joinedload(BookingWish.office), joinedload(BookingWish.unit))
        .order_by(BookingWish.due_at, BookingWish.id)
    ).all()
    return _with_names(session, rows)


def wish_to_call(session: Session, wish_id: int, office_ids: Offices, *, lock: bool = False) -> WishedCall:
    """Raises `not_found`, for one of another office and for one that is closed alike."""
    mine = (BookingWish.id == wish_id, BookingWish.done_at.is_(None), *within(BookingWish.office_id, office_ids))
    wanted = select(BookingWish).where(*mine)
    found = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise DomainError("not_found", kind="not_found")
    return _with_names(session, [found])[0]


def _with_names(session: Session, rows: Sequence[BookingWish]) -> list[WishedCall]:
    codes = {code for row in rows for code in row.procedures}
    known = select(Procedure.code, Procedure.name).where(Procedure.code.in_(codes), Procedure.current)
    names = {row.code: row.name for row in session.execute(known)} if codes else {}
    return [_named(row, [code for code in row.procedures if code in names], names) for row in rows]


def _named(row: BookingWish, codes: Sequence[str], names: Mapping[str, str]) -> WishedCall:
    return WishedCall(row, cast("PhoneNumber", row.phone), tuple(codes), tuple(names[code] for code in codes))

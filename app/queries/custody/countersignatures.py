"""Second signatures: are they still what the events hold, and by which hand they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.cash import BY_HAND, Signed
from app.domain.countersigning import SignedBy, SigningAct, countersign_text
from app.domain.custody import Holder, Party, is_digest
from app.models import CashHandIn, Countersignature, DeviceKey
from app.queries.custody.phone_keys import load_key, signed_text


def bad_marks(session: Session) -> Iterator[tuple[str, bool]]:
    """Each mark that is a second signature's, and whether it is broken: changed, or not of that phone's key."""
    keys = {row.device_id: row.public_key for row in session.scalars(select(DeviceKey))}
    for row in session.scalars(select(Countersignature)):
        whole = is_digest(row.fields(), row.mark) or is_digest(row.first_fields(), row.mark)
        yield row.mark, not (whole and _proved(row, keys.get(row.device_id) if row.device_id else None))


def _proved(row: Countersignature, public_key: str | None) -> bool:
    if row.signed_by is not SignedBy.PHONE:
        return True
    key = load_key(public_key) if public_key else None
    if key is None or row.device_id is None or row.signature is None:
        return False
    return signed_text(key, countersign_text(row.said, row.device_id), row.signature)


@dataclass(frozen=True, slots=True)
class SignedHandIn:
    """`mark` None: it is gone, though the row says that a second hand has signed. `same`: it still is what was signed."""

    number: int
    mark: str | None
    same: bool


def handed_in(session: Session) -> Iterator[SignedHandIn]:
    """Each hand-in of cash that a second hand has signed, by its mark or by its own word."""
    theirs = select(Countersignature).where(Countersignature.mark.in_(select(CashHandIn.mark)))
    seconds = {one.mark: one for one in session.scalars(theirs)}
    by_hand = or_(CashHandIn.mark.is_not(None), CashHandIn.signed.in_(BY_HAND.values()))
    for row in session.scalars(select(CashHandIn).where(by_hand).order_by(CashHandIn.id)):
        second = seconds.get(row.mark or "")
        yield SignedHandIn(row.id, row.mark, second is None or _is_of(second, row))


def _is_of(second: Countersignature, row: CashHandIn) -> bool:
    """Whether this is the signature under this hand-in, and not one under something else."""
    said: Any = second.said  # as it stands in the row, whatever somebody has made of it
    told = {
        "act": SigningAct.CASH,
        "operation": f"cash:{row.count_id}",
        "day": row.day.isoformat(),
        "cash": {"postage": row.postage, "state_fee": row.state_fee},
        "place": [Holder.OFFICE_SAFE, str(row.office_id)],
        "other": [Holder.COURIER, str(row.courier_id)],
    }
    same = isinstance(said, dict) and all(said.get(name) == value for name, value in told.items())
    return same and row.signed is BY_HAND.get(second.signed_by, Signed.ON_SCREEN)


def cash_signatures(session: Session) -> Mapping[str, set[str]]:
    """The marks of second signatures under cash, by the hand-in that they are of: pressed twice, it has two and keeps one."""
    said = Countersignature.said
    rows = session.execute(
        select(said["operation"].astext, Countersignature.mark).where(said["act"].astext == SigningAct.CASH)
    )
    found: dict[str, set[str]] = {}
    for operation, mark in rows:
        found.setdefault(operation or mark, set()).add(mark)
    return found


def hands(session: Session, since: datetime | None = None, place: Party | None = None) -> Mapping[SignedBy, int]:
    """How many second signatures came by which hand."""
    asked = select(Countersignature.signed_by, func.count()).group_by(Countersignature.signed_by)
    if since is not None:
        asked = asked.where(Countersignature.at >= since)
    if place is not None:
        asked = asked.where(Countersignature.holder == place.holder, Countersignature.holder_id == place.id)
    return Counter({row[0]: row[1] for row in session.execute(asked)})

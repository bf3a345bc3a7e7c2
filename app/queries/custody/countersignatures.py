"""Second signatures: are they still what the events hold, and by which hand they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.countersigning import SignedBy, countersign_text
from app.domain.custody import Party, digest
from app.models import CashHandIn, Countersignature, DeviceKey
from app.queries.custody.phone_keys import load_key, signed_text


def bad_marks(session: Session) -> Iterator[tuple[str, bool]]:
    """Each mark that is a second signature's, and whether it is broken: changed, or not of that phone's key."""
    keys = {row.device_id: row.public_key for row in session.scalars(select(DeviceKey))}
    for row in session.scalars(select(Countersignature)):
        whole = row.mark in {digest(row.fields()), digest(row.first_fields())}
        yield row.mark, not (whole and _proved(row, keys.get(row.device_id) if row.device_id else None))


def _proved(row: Countersignature, public_key: str | None) -> bool:
    if row.signed_by is not SignedBy.PHONE:
        return True
    key = load_key(public_key) if public_key else None
    if key is None or row.device_id is None or row.signature is None:
        return False
    return signed_text(key, countersign_text(row.said, row.device_id), row.signature)


def handed_in(session: Session) -> Iterator[tuple[int, str, bool]]:
    """Each hand-in of cash that a second hand has signed: its number, the mark, and whether it still is what was signed."""
    signed = select(CashHandIn, Countersignature.said).outerjoin(
        Countersignature, Countersignature.mark == CashHandIn.mark
    )
    for row, said in session.execute(signed.where(CashHandIn.mark.is_not(None)).order_by(CashHandIn.id)):
        told = {"postage": row.postage, "state_fee": row.state_fee}
        same = said is None or (said["cash"], said["day"]) == (told, row.day.isoformat())
        yield row.id, row.mark or "", same


def hands(session: Session, since: datetime | None = None, place: Party | None = None) -> Mapping[SignedBy, int]:
    """How many second signatures came by which hand."""
    asked = select(Countersignature.signed_by, func.count()).group_by(Countersignature.signed_by)
    if since is not None:
        asked = asked.where(Countersignature.at >= since)
    if place is not None:
        asked = asked.where(Countersignature.holder == place.holder, Countersignature.holder_id == place.id)
    return Counter({row[0]: row[1] for row in session.execute(asked)})

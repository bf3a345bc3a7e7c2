"""The other side answers a hand-over that a courier's phone reported alone: yes, or "không thấy" and an incident."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.incident import IncidentKind
from app.domain.wording import whole_number
from app.models import Courier, CustodyConfirmation, CustodyEvent, Incident, Office, Parcel, StaffAccount
from app.queries.custody.apart import reset_lately
from app.queries.custody.confirmations import asked_of, one_sided, recorder
from app.queries.custody.one_person import stands_alone
from app.services.custody.incidents import open_incident
from app.unit_of_work import UnitOfWork

AT_THE_COUNTER: Final = frozenset({Role.COUNTER, Role.OFFICE_MANAGER})


def confirm(session: Session, event_ids: Collection[int], by: str, now: datetime) -> int:
    """Say yes to these hand-overs, all or none; one answered before is passed over. Returns how many were new.

    Raises `event_not_asked`, `not_your_side`, `confirmation_by_oneself` or `reset_lately`.
    """
    events = _open(session, event_ids)
    for event in events:
        _check_side(session, event, by)
        _check_apart(session, event, by, now)
        session.add(CustodyConfirmation(event_id=event.id, by=by, at=now, agreed=True))
    return len(events)


def deny(work: UnitOfWork, event_id: int, by: str, note: str, now: datetime) -> Incident | None:
    """The envelope did not change hands: an incident names it. None when the hand-over was answered before."""
    for event in _open(work, [event_id]):
        _check_side(work, event, by)
        work.add(CustodyConfirmation(event_id=event.id, by=by, at=now, agreed=False))
        return open_incident(
            work,
            kind=IncidentKind.HANDOVER_DENIED,
            parcel_code=work.get_one(Parcel, event.parcel_id).code,
            office_id=_office_of(work, event),
            by=by,
            now=now,
            note=note,
            operation_id=f"deny:{event.id}",
        )
    return None


def _open(session: Session, event_ids: Collection[int]) -> list[CustodyEvent]:
    """The parcels are locked first, so that two people who answer at once write one answer."""
    asked = select(CustodyEvent.id, CustodyEvent.parcel_id).where(CustodyEvent.id.in_(set(event_ids)))
    known = {row.id: row.parcel_id for row in session.execute(asked)}
    if known.keys() != set(event_ids):
        raise DomainError("event_not_asked", kind="not_found")
    held = select(Parcel.id).where(Parcel.id.in_(known.values())).order_by(Parcel.id).with_for_update()
    session.execute(held)
    waiting = select(CustodyEvent).where(CustodyEvent.id.in_(known), *one_sided()).order_by(CustodyEvent.id)
    return list(session.scalars(waiting))


def _check_side(session: Session, event: CustodyEvent, by: str) -> None:
    sides = sides_of(session, by)
    if recorder(event) in sides or by == event.actor:
        raise DomainError("confirmation_by_oneself", kind="forbidden")
    if sides.isdisjoint(asked_of(event)):
        raise DomainError("not_your_side", kind="forbidden")


def _check_apart(session: Session, event: CustodyEvent, by: str, now: datetime) -> None:
    """Who has just given the courier a new password could have recorded it himself."""
    kind, _, number = by.partition(":")
    courier = session.get(Courier, int(recorder(event).id or 0))
    if kind != "staff" or courier is None or courier.staff_account_id is None:
        return
    if reset_lately(session, int(number), courier.staff_account_id, now):
        raise DomainError("reset_lately", kind="forbidden")


def sides_of(session: Session, by: str) -> frozenset[Party]:
    """For which holders an actor answers: `courier:3` and `staff:12`; none for nobody's."""
    kind, _, number = by.partition(":")
    row = whole_number(number)
    if row is None:
        return frozenset()
    if kind == "courier":
        return frozenset({Party(Holder.COURIER, str(row))})
    account = session.get(StaffAccount, row) if kind == "staff" else None
    return frozenset() if account is None else sides_of_account(session, account)


def sides_of_account(session: Session, account: StaffAccount) -> frozenset[Party]:
    """Who is a whole office answers for its safe as for the own bag."""
    own, alone = side_of_account(session, account), stands_alone(session, account.id)
    safe = Party(Holder.OFFICE_SAFE, str(alone.office_id)) if alone is not None else None
    return frozenset(side for side in (own, safe) if side is not None)


def side_of_account(session: Session, account: StaffAccount) -> Party | None:
    """A courier's bag, an office's safe, a desk; None for an account that holds nothing."""
    courier = session.scalar(select(Courier.id).where(Courier.staff_account_id == account.id))
    if courier is not None:
        return Party(Holder.COURIER, str(courier))
    if account.role is Role.DESK_CLERK and account.desk_id is not None:
        return Party(Holder.DESK, str(account.desk_id))
    if account.role in AT_THE_COUNTER and account.office_id is not None:
        return Party(Holder.OFFICE_SAFE, str(account.office_id))
    return None


def _office_of(session: Session, event: CustodyEvent) -> int:
    """The office that looks into it: the safe's own, else the recording courier's."""
    for holder, number in ((event.taker, event.taker_id), (event.giver, event.giver_id)):
        if holder is Holder.OFFICE_SAFE and number is not None:
            return session.get_one(Office, int(number)).id
    return session.get_one(Courier, int(recorder(event).id or 0)).office_id

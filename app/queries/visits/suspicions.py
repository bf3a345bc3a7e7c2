"""Phones that told of too many envelopes of other offices: what their office has to look at before anybody signs in again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.models import Claim, Courier, Device, Office
from app.queries.visible import Offices, within

AROUND: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ToldOf:
    """How many envelopes of an office the phone told of in the hour before it was stopped, and since."""

    office: str
    envelopes: int


def suspected_phones(session: Session, office_ids: Offices = None) -> Sequence[Device]:
    """Those that nobody has looked at, the oldest first."""
    waiting = select(Device).join(Courier, Courier.id == Device.courier_id)
    open_ones = waiting.where(
        Device.suspected_at.is_not(None), Device.revoked_at.is_(None), *within(Courier.office_id, office_ids)
    )
    with_courier = joinedload(Device.courier).joinedload(Courier.office)
    return session.scalars(open_ones.options(with_courier).order_by(Device.suspected_at, Device.id)).all()


def suspected_phone(session: Session, device_id: UUID, office_ids: Offices = None) -> Device | None:
    return next((one for one in suspected_phones(session, office_ids) if one.id == device_id), None)


def told_of(session: Session, device: Device) -> Sequence[ToldOf]:
    if device.suspected_at is None:
        return ()
    lately = (Claim.device_id == device.id, Claim.elsewhere, Claim.received_at > device.suspected_at - AROUND)
    rows = (
        select(Office.name, func.count(func.distinct(Claim.code)))
        .join(Claim, Claim.office_id == Office.id)
        .where(*lately)
        .group_by(Office.id, Office.name)
        .order_by(func.count(func.distinct(Claim.code)).desc(), Office.name)
    )
    return [ToldOf(name, envelopes) for name, envelopes in session.execute(rows)]

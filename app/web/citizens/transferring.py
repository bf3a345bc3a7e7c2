"""Postage transferred beforehand: to whom it is offered, and by which code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.bank import transfer_qr
from app.gateways.bank import bank_account
from app.models import Charge, Entitlement, Errand, ErrandDossier, ServiceRequest
from app.queries.desks.bank import code_of, due_charges
from app.queries.tracking import payments, requests
from app.services.booking import errands
from app.services.desks import bank
from app.services.documents.qr import qr_image
from app.web.session import settings


def transfer_of(session: Session, row: ServiceRequest, now: datetime) -> dict[str, Any] | None:
    """How the postage may be transferred beforehand; None: no account is joined, nothing is due, or it may be paid twice.

    Without `code`: nobody has asked for it yet.
    """
    account = bank_account(settings())
    if account is None or any(one.returned_at is None for one in payments.unsettled_of(session, row)):
        return None
    due = due_charges(session, row.id, bank.kinds_of(account))
    amount = sum(one.amount or 0 for one in due)
    if not amount or not _paid_once(session, row, due, now):
        return None
    code = code_of(session, row.id)
    qr = qr_image(transfer_qr(account, amount, code)) if code is not None else None
    return {"account": account, "amount": amount, "code": code, "qr": qr}


def _paid_once(session: Session, row: ServiceRequest, due: Sequence[Charge], now: datetime) -> bool:
    """Whether no phone can have these charges yet, and whoever pays will have the visit: before the day's bundle alone."""
    open_ones = {one.id for one in requests.errands_of(session, row) if _before_the_bundle(one, now)}
    if not {one.errand_id for one in due} <= open_ones:
        return False
    brought = select(ErrandDossier.dossier_id).where(ErrandDossier.errand_id.in_(open_ones))
    asked = Entitlement.dossier_id.in_({one.dossier_id for one in due}) | Entitlement.dossier_id.in_(brought)
    unproved = select(Entitlement.dossier_id).where(asked, Entitlement.state != "proved")
    return session.scalar(unproved.limit(1)) is None


def _before_the_bundle(errand: Errand, now: datetime) -> bool:
    """Of a day that is over, the phone may have been paid and not have said so yet."""
    movable = errands.allows(errands.check_move, errand, now)
    ours = errand.executed_by == "own" and errand.state in errands.WAITING
    return ours and errand.slot is not None and errand.slot.day >= local_day(now) and movable

"""Tasks of whoever sees every office: money, the budget of codes, passwords and second factors set anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import PasswordReset, StaffAccount
from app.queries.attention.task import AttentionTask
from app.queries.custody.apart import APART, factors_removed_lately
from app.queries.desks.bank import bank_tasks
from app.queries.tracking.code_budget import used_up
from app.queries.visible import Offices


def codes(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Whoever sees every office hears that the hour's codes to telephones are used up."""
    if office_ids is None and used_up(session, now):
        yield AttentionTask("codes_used_up", "", "", now)


def money(session: Session, office_ids: Offices) -> Iterator[AttentionTask]:
    """What came over the bank is the whole post's: its tasks are for who sees every office."""
    for task in bank_tasks(session) if office_ids is None else ():
        yield AttentionTask("bank_line", task.reference or "CK", "", task.since, line_id=task.line.id)


def resets(session: Session, now: datetime, office_ids: Offices) -> Iterator[AttentionTask]:
    """Passwords set anew and second factors taken off within a day: whoever sees all offices is told."""
    if office_ids is not None:
        return
    lately = select(PasswordReset).where(PasswordReset.made_at > now - APART).order_by(PasswordReset.made_at)
    for reset in session.scalars(
        lately.options(joinedload(PasswordReset.staff_account).joinedload(StaffAccount.office))
    ):
        account = reset.staff_account
        office = account.office.name if account.office is not None else ""
        yield AttentionTask("password_reset", account.username, office, reset.made_at)
    for event in factors_removed_lately(session, now):
        whose = session.get_one(StaffAccount, int(event.object_id))
        yield AttentionTask("factor_removed", whose.username, whose.office.name if whose.office else "", event.at)

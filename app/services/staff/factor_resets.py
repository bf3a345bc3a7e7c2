"""A lost second factor: an administrator who knows the person takes it off, with a reason; one enrols anew at the next sign-in.

Who takes it off is no one who has just given the account a password, nor the other way round: password and second factor together
are the account (docs/decisions/sign-in.md). The last administrator is helped by `tannha account second-factor`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import StaffAccount
from app.queries.custody.apart import reset_lately
from app.services.staff import resets, second_factor


class FactorLoss(StrEnum):
    PHONE_LOST = "phone_lost"
    PHONE_NEW = "phone_new"
    CARD_LOST = "card_lost"
    SEEN = "seen"  # somebody else has had it in hand


def may_take_off(by: StaffAccount, account: StaffAccount) -> bool:
    return by.role is Role.ADMIN and account.role not in second_factor.BY_PHONE and resets.may_reset(by, account)


def take_off(session: Session, account: StaffAccount, reason: str, by: StaffAccount, now: datetime) -> None:
    """Raises `not_found`, `factor_not_enrolled`, `factor_loss_unknown`, `reset_by_two`."""
    if not may_take_off(by, account):
        raise DomainError("not_found", kind="not_found")
    if reason not in set(FactorLoss):
        raise DomainError("factor_loss_unknown", kind="invalid", field="reason")
    if not second_factor.is_enrolled(session, account):
        raise DomainError("factor_not_enrolled")
    if reset_lately(session, by.id, account.id, now):
        raise DomainError("reset_by_two")
    second_factor.remove(session, account, f"staff:{by.id}", now, reason=reason)

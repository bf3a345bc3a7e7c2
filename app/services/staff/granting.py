"""Accounts that a manager or an administrator runs by page: opened with a link instead of a password, given another role, closed.

Who may do it to whom is who may reset the password; nobody gives a role that he could not open an account for.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import StaffAccount
from app.services import audit
from app.services.staff import accounts, resets
from app.services.staff.accounts import MAY_HAVE, NEEDS, OpenAccount

NEVER_CHANGED = Role.COURIER  # a courier has runs and parcels: that account is closed, another one opened


def may_open(by: StaffAccount) -> list[Role]:
    """The roles that he may open accounts of; bound to an office, none of them sits at a desk."""
    mine = resets.MAY_RESET.get(by.role, frozenset())
    return [role for role in Role if role in mine and (by.office_id is None or "desk" not in NEEDS.get(role, ()))]


def check_may_open(by: StaffAccount, command: OpenAccount) -> None:
    """Raises `role_not_yours`: of another office, or of a role that is not his to give."""
    own_office = by.office is None or command.office == by.office.code
    if command.role not in may_open(by) or not own_office:
        raise DomainError("role_not_yours", kind="forbidden", field="role")


def open_with_link(
    session: Session, command: OpenAccount, by: StaffAccount, at: datetime, keys: Keys
) -> tuple[StaffAccount, str]:
    """The account, which no password opens yet, and the token of the link, made `at`, that sets the first one.

    Raises `role_not_yours` and the refusals of `open_account`.
    """
    check_may_open(by, command)
    account = accounts.open_account(session, command)
    return account, resets.make(session, account, by, at, keys)


def roles_to_give(by: StaffAccount, account: StaffAccount) -> list[Role]:
    """Other roles for which this account has all that they need, and nothing that they may not have."""
    if not resets.may_reset(by, account) or account.role is NEVER_CHANGED:
        return []
    has = {option for option in ("office", "desk") if getattr(account, f"{option}_id") is not None}
    others = [role for role in may_open(by) if role not in {account.role, NEVER_CHANGED}]
    return [role for role in others if _fits(role, has)]


def _fits(role: Role, has: set[str]) -> bool:
    needs = NEEDS.get(role, frozenset())
    return needs <= has <= needs | MAY_HAVE.get(role, frozenset())


def give_role(session: Session, account: StaffAccount, role: Role, by: StaffAccount, now: datetime) -> None:
    """Its sessions end: the next sign-in asks for what the new role needs. Raises `role_not_yours`."""
    if role not in roles_to_give(by, account):
        raise DomainError("role_not_yours", kind="forbidden", field="role")
    former, account.role = account.role, role
    account.session_epoch += 1
    audit.record(
        session, f"staff:{by.id}", "give_role", "staff_account", account.id, now, role=role.value, former=former.value
    )


def close(session: Session, account: StaffAccount, by: StaffAccount, now: datetime) -> None:
    """Raises `not_found` for an account that is none of his, `courier_holds_parcels`."""
    if not resets.may_reset(by, account):
        raise DomainError("not_found", kind="not_found")
    accounts.close_account(session, account, f"staff:{by.id}", now)

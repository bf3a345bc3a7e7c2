"""Staff who come in through the province's sign-in: who they are and what they may is decided there, anew each time."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import SignInByClaims
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.wording import tidy
from app.models import Desk, Office, StaffAccount
from app.services import audit
from app.services.staff.passwords import NO_PASSWORD

AT_AN_OFFICE = frozenset({Role.COUNTER, Role.OFFICE_MANAGER})
MAY_HAVE_AN_OFFICE = AT_AN_OFFICE | {Role.COORDINATOR, Role.ADMIN}


def sign_in_by_claims(session: Session, command: SignInByClaims) -> StaffAccount | DomainError:
    """The account, or the refusal to raise after the transaction: a lost role ends the sessions that still run.

    `identity_closed`, `identity_without_role`, `identity_place_unknown`.
    """
    wanted = select(StaffAccount).where(StaffAccount.identity == command.identity)
    account = session.scalars(wanted.with_for_update(of=StaffAccount)).one_or_none()
    if account is not None and not account.active:
        return DomainError("identity_closed", kind="forbidden")
    place = _place(session, command)
    if isinstance(place, DomainError):
        if account is not None:
            account.session_epoch += 1
            audit.record(session, "identity", "identity_refused", "staff_account", account.id, command.now)
        return place
    account = _refreshed(account, command, place) if account is not None else _opened(session, command, place)
    session.flush()
    by = f"staff:{account.id}"
    audit.record(session, by, "sign_in_by_identity", "staff_account", account.id, command.now, role=account.role.value)
    return account


def _place(session: Session, command: SignInByClaims) -> tuple[Desk | None, Office | None] | DomainError:
    """The desk or office of the role; every claim that the role needs must name one of ours."""
    if command.role is None:
        return DomainError("identity_without_role", kind="forbidden")
    desk = office = None
    if command.role is Role.DESK_CLERK:
        desk = session.scalar(select(Desk).where(Desk.code == command.desk, Desk.closed_at.is_(None)))
    elif command.office is not None and command.role in MAY_HAVE_AN_OFFICE:
        office = session.scalar(select(Office).where(Office.code == command.office, Office.closed_at.is_(None)))
    needed = command.role is Role.DESK_CLERK or command.role in AT_AN_OFFICE or command.office is not None
    if needed and desk is None and office is None:
        return DomainError("identity_place_unknown", kind="forbidden")
    return desk, office


def _refreshed(
    account: StaffAccount, command: SignInByClaims, place: tuple[Desk | None, Office | None]
) -> StaffAccount:
    """Role and place as claimed now; sessions under the old ones end."""
    assert command.role is not None  # `_place` has seen to it
    desk, office = place
    if (account.role, account.desk, account.office) != (command.role, desk, office):
        account.role, account.desk, account.office = command.role, desk, office
        account.session_epoch += 1
    account.name = tidy(command.name) or account.name
    return account


def _opened(session: Session, command: SignInByClaims, place: tuple[Desk | None, Office | None]) -> StaffAccount:
    """An account that no password opens."""
    assert command.role is not None  # as above
    username = f"tinh-{hashlib.sha256(command.identity.encode()).hexdigest()[:16]}"
    account = StaffAccount(
        username=username,
        name=tidy(command.name) or username,
        role=command.role,
        desk=place[0],
        office=place[1],
        password_hash=NO_PASSWORD,
        identity=command.identity,
        session_epoch=0,
    )
    session.add(account)
    session.flush()
    session.refresh(account, ["works_alone"])
    return account

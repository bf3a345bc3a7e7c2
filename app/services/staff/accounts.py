"""Who works here: accounts opened and closed from the terminal. A courier's account comes with the courier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.errors import DomainError
from app.domain.identity import PhoneNumber, Role
from app.domain.wording import Tidy
from app.models import Courier, Desk, Device, Office, Parcel, StaffAccount
from app.services import audit
from app.services.booking import slots
from app.services.staff import devices

USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
NEEDS: Final[Mapping[Role, frozenset[str]]] = {
    Role.COURIER: frozenset({"office", "phone"}),
    Role.COUNTER: frozenset({"office"}),
    Role.OFFICE_MANAGER: frozenset({"office"}),
    Role.DESK_CLERK: frozenset({"desk"}),
}
MAY_HAVE: Final[Mapping[Role, frozenset[str]]] = {  # with an office, they see that office alone
    Role.COORDINATOR: frozenset({"office"}),
    Role.ADMIN: frozenset({"office"}),
}


@dataclass(frozen=True, slots=True)
class OpenAccount:
    username: str
    name: Tidy
    role: Role
    password_hash: str
    by: str
    now: datetime
    office: str | None = None  # codes
    desk: str | None = None
    phone: PhoneNumber | None = None


def open_account(session: Session, command: OpenAccount) -> StaffAccount:
    """A courier's office gets the room of its new crew. Raises the refusals of `open_uncounted`."""
    account = open_uncounted(session, command)
    if account.role is Role.COURIER and account.office is not None:
        slots.recount(session, account.office, command.now)
    return account


def open_uncounted(session: Session, command: OpenAccount) -> StaffAccount:
    """The same without the room: whoever opens many counts each office once, at the end.

    Raises `username_malformed`, `username_taken`, `staff_name_missing`, `account_option_missing`,
    `account_option_refused`, `unknown_office_codes`, `unknown_desk_code`.
    """  # fmt: skip
    _check_options(command)
    if not command.name:
        raise DomainError("staff_name_missing", kind="invalid", field="name")
    account = StaffAccount(
        username=_free_username(session, command.username),
        name=command.name,
        role=command.role,
        office=office_by_code(session, command.office) if command.office is not None else None,
        desk=desk_by_code(session, command.desk) if command.desk is not None else None,
        password_hash=command.password_hash,
        must_change_password=True,
    )
    session.add(account)
    session.flush()
    audit.record(session, command.by, "open_account", "staff_account", account.id, command.now, role=command.role.value)
    if account.role is Role.COURIER and account.office is not None:
        session.add(Courier(office=account.office, staff_account_id=account.id, name=account.name, phone=command.phone))
        session.flush()
    return account


def account_of(session: Session, username: str) -> StaffAccount:
    """Raise `account_unknown` for a name that nobody signs in with."""
    wanted = select(StaffAccount).where(StaffAccount.username == username.strip())
    account = session.scalars(wanted.with_for_update(of=StaffAccount)).one_or_none()
    if account is None or not account.active:
        raise DomainError("account_unknown", kind="not_found", field="username", username=username)
    return account


def close_account(session: Session, account: StaffAccount, by: str, now: datetime) -> None:
    """End the account and its sessions; nothing that it signed changes. Raises `courier_holds_parcels`."""
    thinned = close_uncounted(session, account, by, now)
    if thinned is not None:
        slots.recount(session, thinned, now)


def close_uncounted(session: Session, account: StaffAccount, by: str, now: datetime) -> Office | None:
    """The same without the room: returns the office that has one courier less. Raises `courier_holds_parcels`."""
    courier = session.scalar(select(Courier).where(Courier.staff_account_id == account.id).with_for_update(of=Courier))
    if courier is not None:
        _dismiss(session, courier)
        _sign_out_phones(session, courier, by, now)
    account.active, account.closed_at = False, now
    account.session_epoch += 1
    audit.record(session, by, "close_account", "staff_account", account.id, now)
    return courier.office if courier is not None else None


def _check_options(command: OpenAccount) -> None:
    given = {option for option in ("office", "desk", "phone") if getattr(command, option)}
    needed = NEEDS.get(command.role, frozenset())
    for option in sorted(needed - given):
        raise DomainError("account_option_missing", kind="invalid", field=option, option=option)
    for option in sorted(given - needed - MAY_HAVE.get(command.role, frozenset())):
        raise DomainError("account_option_refused", kind="invalid", field=option, option=option)


def _free_username(session: Session, text: str) -> str:
    username = text.strip()
    if USERNAME.fullmatch(username) is None:
        raise DomainError("username_malformed", kind="invalid", field="username")
    if session.scalar(select(StaffAccount.id).where(StaffAccount.username == username)) is not None:
        raise DomainError("username_taken", field="username", username=username)
    return username


def office_by_code(session: Session, code: str) -> Office:
    """Raises `unknown_office_codes`, `place_closed`."""
    office = session.scalar(select(Office).where(Office.code == code.strip()))
    if office is None:
        raise DomainError("unknown_office_codes", kind="invalid", field="office", codes=code)
    if office.closed_at is not None:
        raise DomainError("place_closed", field="office", place=office.name)
    return office


def desk_by_code(session: Session, code: str) -> Desk:
    """Raises `unknown_desk_code`, `place_closed`."""
    desk = session.scalar(select(Desk).where(Desk.code == code.strip()))
    if desk is None:
        raise DomainError("unknown_desk_code", kind="invalid", field="desk", desk=code)
    if desk.closed_at is not None:
        raise DomainError("place_closed", field="desk", place=desk.name)
    return desk


def _dismiss(session: Session, courier: Courier) -> None:
    carried = select(func.count()).select_from(Parcel)
    held = session.scalar(carried.where(Parcel.holder == Holder.COURIER, Parcel.holder_id == str(courier.id))) or 0
    if held:
        raise DomainError("courier_holds_parcels", parcels=held)
    courier.active = False
    session.flush()


def _sign_out_phones(session: Session, courier: Courier, by: str, now: datetime) -> None:
    """From now on nothing that they tell of has standing; what was done before comes in as before."""
    phones = select(Device.id).where(Device.courier_id == courier.id, Device.revoked_at.is_(None)).order_by(Device.id)
    for device_id in session.scalars(phones).all():
        devices.revoke(session, device_id, by, "", now)

"""The staff as a file tells them: accounts opened, changed and closed, line by line; nobody who is left out is closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.headed_table import EMPTIED, HeadedRow, Headings, RowAnswer, RowVerdict, answer_rows
from app.domain.identity import Role, parse_phone
from app.domain.tongue import parse_tongues
from app.domain.wording import folded, tidy
from app.models import Courier, Office, StaffAccount
from app.models.office import MOTORBIKE
from app.queries.reference.vehicles import vehicle_kinds
from app.services import audit
from app.services.booking import slots
from app.services.staff import accounts, granting, resets
from app.services.staff.accounts import MAY_HAVE, NEEDS, OpenAccount
from app.services.staff.passwords import NO_PASSWORD
from app.table_files import Line

LONGEST_NAME: Final = 120
HEADINGS: Final = Headings({
    "username": ("ten dang nhap", "tai khoan"),
    "name": ("ho va ten", "ho ten", "ten"),
    "role": ("vai tro", "chuc danh"),
    "office": ("buu cuc", "ma buu cuc"),
    "desk": ("bo phan mot cua", "ma bo phan mot cua"),
    "phone": ("so dien thoai", "dien thoai"),
    "state": ("trang thai", "tinh trang"),
    "tongues": ("tieng noi", "tieng", "biet tieng"),
    "vehicle": ("xe", "loai xe", "di bang"),
})  # fmt: skip
ROLES: Final[Mapping[str, Role]] = {
    "buu ta": Role.COURIER, "giao dich vien": Role.COUNTER, "can bo mot cua": Role.DESK_CLERK,
    "truong buu cuc": Role.OFFICE_MANAGER, "dieu phoi vien": Role.COORDINATOR, "quan tri": Role.ADMIN,
    "quan tri vien": Role.ADMIN, **{role.value: role for role in Role},
}  # fmt: skip
OF_COURIER: Final = frozenset({"phone", "tongues", "vehicle"})
OPEN, CLOSED = frozenset({"", "dang lam", "dang lam viec", "open"}), frozenset({"nghi", "da nghi", "dong", "closed"})


@dataclass(frozen=True, slots=True)
class StaffTeller:
    """Who brings the file; `account` None: the terminal, which may do everything."""

    account: StaffAccount | None
    now: datetime
    rehearses: bool = False  # all is taken back: no slot has to wait for it

    @property
    def actor(self) -> str:
        return f"staff:{self.account.id}" if self.account is not None else "system"


def hear_staff(session: Session, lines: Sequence[Line], teller: StaffTeller) -> list[RowAnswer]:
    """Every line is answered; a wrong one changes nothing. For a rehearsal the caller takes the transaction back.

    A new account has no password: a link sets the first one. Raises the `table_…` faults of `answer_rows`.
    """

    crews: dict[str, Office] = {}  # by their codes: whose couriers came or went

    def take(row: HeadedRow) -> tuple[RowVerdict, tuple[str, ...]]:
        with session.begin_nested():
            return _take(session, row, teller, crews)

    answers = answer_rows(lines, HEADINGS, take)
    if not teller.rehearses:
        for _, office in sorted(crews.items()):  # once each: a recount locks all the office's slots to come
            slots.recount(session, office, teller.now)
    return answers


def _take(
    session: Session, row: HeadedRow, teller: StaffTeller, crews: dict[str, Office]
) -> tuple[RowVerdict, tuple[str, ...]]:
    closes = _closes(row)
    wanted = select(StaffAccount).where(StaffAccount.username == row.key).with_for_update(of=StaffAccount)
    account = session.scalars(wanted).one_or_none()
    if account is None:
        if closes:
            raise DomainError("account_unknown", kind="not_found", field="username", username=row.key)
        account = _open(session, row, teller)
        if account.role is Role.COURIER and account.office is not None:
            crews[account.office.code] = account.office
        return RowVerdict.NEW, ()
    if not account.active:
        if closes:
            return RowVerdict.SAME, ()
        raise DomainError("account_closed_for_good", field="username", username=row.key)
    if closes:
        _check_mine(teller, account)
        _keep_one_admin(session, account)
        thinned = accounts.close_uncounted(session, account, teller.actor, teller.now)
        if thinned is not None:
            crews[thinned.code] = thinned
        return RowVerdict.CLOSED, ()
    fields = _change(session, account, row, teller)
    return (RowVerdict.CHANGED if fields else RowVerdict.SAME), fields


def _closes(row: HeadedRow) -> bool:
    said = " ".join(folded(row.given("state")).split())
    if said not in OPEN | CLOSED:
        raise DomainError("staff_state_unknown", kind="invalid", field="state", given=row.given("state")[:40])
    return said in CLOSED


def _role(row: HeadedRow) -> Role | None:
    if not row.given("role"):
        return None
    role = ROLES.get(" ".join(folded(row.given("role")).split()))
    if role is None:
        raise DomainError("staff_role_unknown", kind="invalid", field="role", given=row.given("role")[:40])
    return role


def _open(session: Session, row: HeadedRow, teller: StaffTeller) -> StaffAccount:
    role = _role(row)
    if role is None:
        raise DomainError("staff_role_missing", kind="invalid", field="role", username=row.key)
    command = OpenAccount(
        username=row.key,
        name=tidy(row.given("name"), LONGEST_NAME),
        role=role,
        password_hash=NO_PASSWORD,
        by=teller.actor,
        now=teller.now,
        office=row.given("office") or None,
        desk=row.given("desk") or None,
        phone=parse_phone(row.given("phone")) if row.given("phone") else None,
    )
    if teller.account is not None:
        granting.check_may_open(teller.account, command)
    own = _own(session, row)
    if role is not Role.COURIER:
        _check_no_courier(own)
    account = accounts.open_uncounted(session, command)
    if own:
        courier = session.scalars(select(Courier).where(Courier.staff_account_id == account.id)).one()
        for field, value in own.items():
            setattr(courier, field, value)
    return account


def _own(session: Session, row: HeadedRow) -> dict[str, object]:
    """What the row says of a courier alone, telephone apart."""
    said = {"tongues": _tongues(row), "vehicle": _vehicle(session, row)}
    return {field: value for field, value in said.items() if value is not None}


def _check_no_courier(said: Collection[str]) -> None:
    """Raises `tongue_not_of_staff` or `vehicle_not_of_staff` for what only a courier has."""
    for field, code in (("tongues", "tongue_not_of_staff"), ("vehicle", "vehicle_not_of_staff")):
        if field in said:
            raise DomainError(code, kind="invalid", field=field)


def _vehicle(session: Session, row: HeadedRow) -> str | None:
    """The code of the kind, told by code or name; None: the cell says nothing; "-": a motorbike as everybody."""
    said = " ".join(folded(row.given("vehicle")).split())
    if not said:
        return None
    if said == EMPTIED:
        return MOTORBIKE
    offered = [kind for kind in vehicle_kinds(session).values() if kind.offered]
    for kind in offered:
        if said in {folded(kind.code), " ".join(folded(kind.name).split())}:
            return kind.code
    raise DomainError("vehicle_unknown", kind="invalid", field="vehicle", given=row.given("vehicle")[:40])


def _tongues(row: HeadedRow) -> list[str] | None:
    """None: the cell says nothing; "-" that there is none besides what everybody speaks."""
    said = row.given("tongues").strip()
    return [] if said == EMPTIED else list(parse_tongues(said)) if said else None


def _change(session: Session, account: StaffAccount, row: HeadedRow, teller: StaffTeller) -> tuple[str, ...]:
    """What the row says otherwise than it stands; an empty cell says nothing."""
    wanted = _wanted(session, row)
    courier = session.scalar(select(Courier).where(Courier.staff_account_id == account.id).with_for_update(of=Courier))
    stands = {
        "name": account.name, "role": account.role, "office": account.office, "desk": account.desk,
        "phone": courier.phone if courier is not None else None,
        "tongues": (courier.tongues or []) if courier is not None else [],
        "vehicle": courier.vehicle if courier is not None else None,
    }  # fmt: skip
    fields = tuple(field for field, value in wanted.items() if value != stands[field])
    if not fields:
        return ()
    _check_mine(teller, account)
    _check_change(session, account, {field: wanted[field] for field in fields}, courier)
    for field in fields:
        if field not in OF_COURIER:
            setattr(account, field, wanted[field])
    if courier is not None:
        courier.name, courier.phone = account.name, str(wanted.get("phone", courier.phone))
        for field in ("tongues", "vehicle"):
            setattr(courier, field, wanted.get(field, getattr(courier, field)))
    _check_fits(teller, account)
    if {"role", "office", "desk"} & set(fields):
        account.session_epoch += 1  # the next sign-in asks for what the new place needs
    audit.record(
        *(session, teller.actor, "change_account", "staff_account", account.id, teller.now),
        fields=list(fields), role=account.role.value, former=str(stands["role"]),
    )  # fmt: skip
    return fields


def _wanted(session: Session, row: HeadedRow) -> dict[str, object]:
    wanted: dict[str, object] = {}
    if name := tidy(row.given("name"), LONGEST_NAME):
        wanted["name"] = name
    role = _role(row)
    if role is not None:
        wanted["role"] = role
        options = NEEDS.get(role, frozenset()) | MAY_HAVE.get(role, frozenset())
        wanted |= {
            place: None for place in ("office", "desk") if place not in options
        }  # a role at a desk leaves its office
    if code := row.given("office"):
        wanted["office"] = accounts.office_by_code(session, code)
    if code := row.given("desk"):
        wanted["desk"] = accounts.desk_by_code(session, code)
    if row.given("phone"):
        wanted["phone"] = parse_phone(row.given("phone"))
    return wanted | _own(session, row)


def _check_change(
    session: Session, account: StaffAccount, changed: Mapping[str, object], courier: Courier | None
) -> None:
    moves = Role.COURIER in {account.role, changed.get("role", account.role)}
    if moves and {"role", "office"} & changed.keys():
        raise DomainError("courier_stays", field="role" if "role" in changed else "office")
    if "phone" in changed and courier is None:
        raise DomainError("account_option_refused", kind="invalid", field="phone", option="phone")
    if courier is None:
        _check_no_courier(changed)
    if "role" in changed:
        _keep_one_admin(session, account)


def _check_fits(teller: StaffTeller, account: StaffAccount) -> None:
    """Has the account all that its role needs, and nothing else? And may the teller give that?"""
    needed = NEEDS.get(account.role, frozenset()) - {"phone"}
    has = {option for option, place in (("office", account.office), ("desk", account.desk)) if place is not None}
    for option in sorted(needed - has):
        raise DomainError("account_option_missing", kind="invalid", field=option, option=option)
    for option in sorted(has - needed - MAY_HAVE.get(account.role, frozenset())):
        raise DomainError("account_option_refused", kind="invalid", field=option, option=option)
    by = teller.account
    elsewhere = (  # by their numbers: whoever brings the file was read in another session
        by is not None and by.office_id is not None and (account.office is None or account.office.id != by.office_id)
    )
    if by is not None and (elsewhere or account.role not in granting.may_open(by)):
        raise DomainError("role_not_yours", kind="forbidden", field="role")


def _check_mine(teller: StaffTeller, account: StaffAccount) -> None:
    if teller.account is not None and not resets.may_reset(teller.account, account):
        raise DomainError("account_not_yours", kind="forbidden", field="username")


def _keep_one_admin(session: Session, account: StaffAccount) -> None:
    """Whoever writes the file may not lock everybody out by it."""
    if account.role is not Role.ADMIN:
        return
    others = (StaffAccount.role == Role.ADMIN, StaffAccount.active, StaffAccount.id != account.id)
    if not session.scalar(select(func.count()).select_from(StaffAccount).where(*others)):
        raise DomainError("last_admin", field="username", username=account.username)

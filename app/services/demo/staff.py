"""Who works in the demonstration: couriers enough for the day, and one account of each role to look around with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.domain.slot import STOPS_A_COURIER
from app.models import Courier, Desk, Office, StaffAccount, Unit
from app.services import audit
from app.services.demo.people import login, phone
from app.services.staff.passwords import hash_password

COORDINATOR, ADMIN = "dieuphoi", "quantri"
CENTRE = ("motcua-tinh", "motcua-tinh-2")  # two of each place: bags are opened before a second pair of eyes
COURIER_PHONES_FROM = 90_000  # 0900 090 000 upward
OFFICE_PHONES_FROM, DUTY_PHONE = 80_000, 80_000  # the duty's, and after it the offices' by their id


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """The people of one office; actors as commands want them."""

    office: Office
    couriers: tuple[Courier, ...]
    clerk: StaffAccount
    desk: Desk
    counter: StaffAccount | None = None

    @property
    def clerk_actor(self) -> str:
        return f"staff:{self.clerk.id}"

    def courier_of(self, number: int) -> Courier:
        return self.couriers[number % len(self.couriers)]


@dataclass(frozen=True, slots=True)
class SignIn:
    """A demo account to show: who it is, its user name and its page."""

    role: str
    username: str
    where: str


@dataclass(slots=True)
class Hiring:
    """Accounts share one hash: a password of the installation, and argon2 takes its time on purpose."""

    session: Session
    password_hash: str
    hired: int = 0
    names: set[str] = field(default_factory=set)

    def account(self, username: str, name: str, role: Role, office: Office | None, desk: Desk | None) -> StaffAccount:
        unique = username if username not in self.names else f"{username}-{len(self.names)}"
        self.names.add(unique)
        row = StaffAccount(
            username=unique, name=name, role=role, office=office, desk=desk, password_hash=self.password_hash
        )
        self.session.add(row)
        return row

    def courier(self, office: Office, slug: str, number: int) -> Courier:
        name = f"Bưu tá Mẫu {self.hired:03d}"
        account = self.account(f"buuta-{slug}-{number}", name, Role.COURIER, office, None)
        self.session.flush()
        row = Courier(
            office=office, staff_account_id=account.id, name=name, phone=phone(COURIER_PHONES_FROM + self.hired)
        )
        self.session.add(row)
        self.hired += 1
        return row


def couriers_for(errands: int) -> int:
    return max(1, -(-errands // STOPS_A_COURIER))


def hire(
    session: Session,
    codes: Sequence[str],
    shares: Mapping[str, int],
    pilots: Sequence[str],
    password: str,
    now: datetime,
) -> None:
    """Couriers and a desk clerk for every unit of `codes`, the other roles for the units opened first."""
    hiring = Hiring(session, hash_password(password))
    hiring.account(ADMIN, "Quản trị Mẫu", Role.ADMIN, None, None)
    hiring.account(COORDINATOR, "Điều phối Mẫu", Role.COORDINATOR, None, None)
    for code in codes:
        office, desk = _office(session, code), _desk(session, code)
        slug = login(office.unit.short_name)
        office.phone, office.duty_phone = phone(OFFICE_PHONES_FROM + office.id), phone(DUTY_PHONE)
        if code in pilots:
            hiring.account(f"quay-{slug}", "Giao dịch viên Mẫu", Role.COUNTER, office, None)
            hiring.account(f"truongbc-{slug}", "Trưởng bưu cục Mẫu", Role.OFFICE_MANAGER, office, None)
        hiring.account(f"motcua-{slug}", "Cán bộ một cửa Mẫu", Role.DESK_CLERK, None, desk)
        for number in range(couriers_for(shares.get(code, 0))):
            hiring.courier(office, slug, number + 1)
    _hire_between_desks(hiring)
    audit.record(session, "system", "demo.hired", "staff_account", "all", now, couriers=hiring.hired)


def _hire_between_desks(hiring: Hiring) -> None:
    """Who opens the bags between desks: the provincial centre and the hubs."""
    centre = hiring.session.scalars(select(Desk).where(Desk.level == "province").order_by(Desk.id).limit(1)).one()
    for username in CENTRE:
        hiring.account(username, "Cán bộ Trung tâm Mẫu", Role.DESK_CLERK, None, centre)
    for hub in _hubs(hiring.session):
        clerk, manager = _of_hub(hub)
        hiring.account(clerk, "Khai thác viên Mẫu", Role.COUNTER, hub, None)
        hiring.account(manager, "Trưởng khai thác Mẫu", Role.OFFICE_MANAGER, hub, None)


def _hubs(session: Session) -> Sequence[Office]:
    return session.scalars(select(Office).where(Office.kind == "hub").order_by(Office.id)).all()


def _of_hub(hub: Office) -> tuple[str, str]:
    slug = login(hub.unit.short_name)
    return f"khaithac-{slug}", f"truongkt-{slug}"


def staff_of(session: Session, code: str) -> DemoStaff:
    """Who was hired for a unit."""
    office, desk = _office(session, code), _desk(session, code)
    couriers = session.scalars(select(Courier).where(Courier.office_id == office.id).order_by(Courier.id)).all()
    clerk = session.scalars(select(StaffAccount).where(StaffAccount.desk_id == desk.id)).one()
    counter = session.scalars(
        select(StaffAccount).where(StaffAccount.office_id == office.id, StaffAccount.role == Role.COUNTER)
    ).one_or_none()
    return DemoStaff(office, tuple(couriers), clerk, desk, counter)


def _office(session: Session, code: str) -> Office:
    return session.scalars(select(Office).where(Office.unit_code == code, Office.kind == "commune")).one()


def _desk(session: Session, code: str) -> Desk:
    return session.scalars(select(Desk).where(Desk.unit_code == code, Desk.level == "commune")).one()


def sign_ins(session: Session, pilot: Unit) -> list[SignIn]:
    """One account a role, at the office that was opened first; and who opens the bags between desks."""
    slug = login(pilot.short_name)
    return [
        SignIn("coordinator", COORDINATOR, "/dieu-phoi/"),
        SignIn("courier", f"buuta-{slug}-1", "/buu-ta/"),
        SignIn("desk clerk", f"motcua-{slug}", "/mot-cua/"),
        SignIn("counter", f"quay-{slug}", "/buu-cuc/"),
        SignIn("office manager", f"truongbc-{slug}", "/buu-cuc/"),
        SignIn("admin", ADMIN, "/dieu-phoi/"),
        *(SignIn("provincial centre", username, "/mot-cua/") for username in CENTRE),
        *(SignIn("hub", username, "/buu-cuc/tui/") for hub in _hubs(session) for username in _of_hub(hub)),
    ]

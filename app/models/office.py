"""Post offices and desks, and who works there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    column,
    exists,
    false,
    table,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.domain.identity import Role
from app.models.base import Base, IntKey, enum_of
from app.models.unit import Unit


class Office(Base):
    """A commune post office (or hub): couriers start and end there. It has a counter."""

    __tablename__ = "office"

    id: Mapped[IntKey]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="commune")  # commune | hub
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    address: Mapped[str] = mapped_column(default="")
    lon: Mapped[float]
    lat: Mapped[float]
    position_provisional: Mapped[bool] = mapped_column(default=True)
    has_counter: Mapped[bool] = mapped_column(default=True)
    executed_by: Mapped[str] = mapped_column(default="own")  # of new errands here: own couriers, or the carrier's
    one_person_since: Mapped[datetime | None]  # read by programs of before alone: see `OnePerson`
    phone: Mapped[str | None]  # at the counter
    duty_phone: Mapped[str | None]  # of whoever plans that day: its couriers call it on the road
    opening_hours: Mapped[str | None]  # in words, as on the door
    told_at: Mapped[datetime | None]  # when the operator last told of it: its words then stand before the bundled ones
    position_told_at: Mapped[datetime | None]  # by a table or on a page: no file of positions moves it any more
    closed_at: Mapped[datetime | None]  # nothing new begins here; what was here stays readable
    unit: Mapped[Unit] = relationship()
    one_person: Mapped[OnePerson | None] = relationship(
        primaryjoin="and_(Office.id == OnePerson.office_id, OnePerson.until.is_(None))", viewonly=True
    )


class OnePerson(Base):
    """From when until when one courier is a whole office: courier, counter and everything. Nobody else there signs alone."""

    __tablename__ = "one_person"
    __table_args__ = (Index("ix_one_person_now", "office_id", unique=True, postgresql_where=text("until is null")),)

    id: Mapped[IntKey]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    office: Mapped[Office] = relationship()
    courier: Mapped[Courier] = relationship()


class Desk(Base):
    """A one-stop desk. `office_id` set: the desk sits in that post office (Ia Tô did)."""

    __tablename__ = "desk"
    __table_args__ = (CheckConstraint("taken_over_by_id is null or closed_at is not null", name="taken_over"),)

    id: Mapped[IntKey]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[str] = mapped_column(default="commune")  # commune | province
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    dossier_prefix: Mapped[str | None] = mapped_column(unique=True)  # of the codes of its dossiers, as `H21.23.563`
    address: Mapped[str] = mapped_column(default="")
    lon: Mapped[float]
    lat: Mapped[float]
    position_provisional: Mapped[bool] = mapped_column(default=True)
    phone: Mapped[str | None]
    opening_hours: Mapped[str | None]  # in words, as on the door
    told_at: Mapped[datetime | None]  # when the operator last told of it: its words then stand before the bundled ones
    position_told_at: Mapped[datetime | None]  # by a table or on a page: no file of positions moves it any more
    closed_at: Mapped[datetime | None]  # nothing new begins here; what was here stays readable
    taken_over_by_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))  # who decides instead, while closed
    unit: Mapped[Unit] = relationship()
    taken_over_by: Mapped[Desk | None] = relationship(remote_side="Desk.id")


MOTORBIKE: Final = "motorbike"
"""The kind of vehicle that everybody rides of whom nothing else is said."""

_COURIER: Final = table("courier", column("id"), column("staff_account_id"))


class StaffAccount(Base):
    """Somebody who answers for papers; sees only the office or desk of the account."""

    __tablename__ = "staff_account"

    id: Mapped[IntKey] = mapped_column()
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(enum_of(Role, "staff_role"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    closed_at: Mapped[datetime | None]  # from here the periods of name and telephone count
    failed_tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())  # somebody else gave it
    totp_closed: Mapped[str | None]  # the authenticator's secret, closed at rest
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)  # a code works once
    identity: Mapped[str | None] = mapped_column(unique=True)  # "issuer|subject" of the province's sign-in (OIDC)
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every session at its next contact
    office: Mapped[Office | None] = relationship()
    desk: Mapped[Desk | None] = relationship()
    works_alone: Mapped[bool] = column_property(  # read with the row, for who has just signed in has no session
        exists()
        .where(OnePerson.courier_id == _COURIER.c.id, OnePerson.until.is_(None), _COURIER.c.staff_account_id == id)  # noqa: A003  (the column above, as SQLAlchemy names it)
        .correlate_except(OnePerson, _COURIER),
        expire_on_flush=False,
    )

    @property
    def roles(self) -> frozenset[Role]:
        """Where one person is the whole office, its courier stands at the counter, too."""
        return frozenset({self.role, Role.COUNTER} if self.works_alone else {self.role})


class VehicleKind(Base):
    """What couriers ride, as the operator's table has it: figures for planning. Never deleted, because days were planned with it."""

    __tablename__ = "vehicle_kind"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    capacity: Mapped[int]  # envelopes at once
    speed: Mapped[float]  # times the roads' speed, which is that of a motorbike
    per_km: Mapped[int]  # đồng
    per_hour: Mapped[int]
    fixed: Mapped[int]  # a day on which it is used
    offered: Mapped[bool]  # False: the table names it no more


class Courier(Base):
    __tablename__ = "courier"

    id: Mapped[IntKey]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    staff_account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"), unique=True)
    name: Mapped[str]
    phone: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    tongues: Mapped[list[str] | None] = mapped_column(ARRAY(String))  # spoken besides what everybody speaks
    vehicle: Mapped[str] = mapped_column(default=MOTORBIKE, server_default=MOTORBIKE)  # a `VehicleKind`, on most days
    office: Mapped[Office] = relationship()
    staff_account: Mapped[StaffAccount | None] = relationship()


class Shift(Base):
    """Who works on a day: one shift with one break that may start within an interval (docs/decisions/clock-and-day.md)."""

    __tablename__ = "shift"
    __table_args__ = (
        UniqueConstraint("courier_id", "day"),
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("trips >= 1", name="trips"),
    )

    id: Mapped[IntKey]
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"))
    day: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    break_s: Mapped[int] = mapped_column(default=3600)
    break_from: Mapped[datetime]
    break_to: Mapped[datetime]
    capacity: Mapped[int] = mapped_column(default=60)  # envelopes in the bag at once
    vehicle: Mapped[str] = mapped_column(default=MOTORBIKE, server_default=MOTORBIKE)  # a `VehicleKind`
    trips: Mapped[int] = mapped_column(default=1, server_default="1")  # how often the bag may be filled that day
    reload_s: Mapped[int] = mapped_column(default=900, server_default="900")  # at the office between two trips
    works: Mapped[bool] = mapped_column(default=True)  # False: a day off, decided; no row: nobody has decided yet
    courier: Mapped[Courier] = relationship()

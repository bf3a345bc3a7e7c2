"""Who is signed in where."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.identity import FactorKind
from app.models.base import Base, IntKey, enum_of
from app.models.office import StaffAccount


class SignInSession(Base):
    """One browser of one person. The cookie holds the token, the row its keyed hash; a citizen's number is closed at rest."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        CheckConstraint("(staff_account_id is null) <> (phone_mac is null)", name="of_one_person"),
        CheckConstraint("(staff_account_id is null) = (epoch is null)", name="epoch_of_staff"),
    )

    id: Mapped[IntKey]
    token_mac: Mapped[str] = mapped_column(unique=True)
    staff_account_id: Mapped[int | None] = mapped_column(ForeignKey("staff_account.id"), index=True)
    epoch: Mapped[int | None]  # of the account when it signed in: raised, it ends the session
    phone_mac: Mapped[str | None] = mapped_column(index=True)
    phone_closed: Mapped[str | None]  # taken away when the session ends
    waits_for_factor: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # the password was right, no more
    browser: Mapped[str]  # "Chrome · Windows"
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]  # written at most once a minute
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    staff_account: Mapped[StaffAccount | None] = relationship()


class KnownDevice(Base):
    """A browser from which this account has signed in before; its own cookie holds the token."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("staff_account_id", "token_mac"),)

    id: Mapped[IntKey]
    staff_account_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id"))
    token_mac: Mapped[str]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    factor_at: Mapped[datetime | None]  # the second factor was last given here


class SignInTry(Base):
    """Wrong passwords of one account (or of a name that nobody has) from one address or one known browser, by a keyed hash."""

    __tablename__ = "sign_in_try"

    key_mac: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    last_at: Mapped[datetime]
    wait_until: Mapped[datetime | None]


class PasswordReset(Base):
    """A link with which somebody sets a new password once; who made it may not sign beside him for a day."""

    __tablename__ = "password_reset"

    id: Mapped[IntKey]
    staff_account_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id"))
    token_mac: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    staff_account: Mapped[StaffAccount] = relationship(foreign_keys=[staff_account_id])
    made_by: Mapped[StaffAccount] = relationship(foreign_keys=[made_by_id])


class SecondFactorCode(Base):
    """A recovery code, or a line of a printed card; known by a keyed hash, used once."""

    __tablename__ = "second_factor_code"
    __table_args__ = (UniqueConstraint("staff_account_id", "kind", "number"),)

    id: Mapped[IntKey]
    staff_account_id: Mapped[int] = mapped_column(ForeignKey("staff_account.id"))
    kind: Mapped[FactorKind] = mapped_column(enum_of(FactorKind, "factor_kind"))
    number: Mapped[int]
    code_mac: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

"""Money that comes over the bank: the code that a transfer carries, what the statement says, refunds, confirmations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.bank import BankOdd
from app.models.base import Base, IntKey, enum_of


class PaymentCode(Base):
    """What a transfer says so that it finds its request. It opens nothing and names nobody."""

    __tablename__ = "payment_code"

    code: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"), unique=True)
    made_at: Mapped[datetime]


class MoneyConfirmation(Base):
    """Giấy xác nhận thu tiền of a transfer: numbered through each year without a gap, never changed."""

    __tablename__ = "money_confirmation"
    __table_args__ = (CheckConstraint("serial > 0", name="serial"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    serial: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"), index=True)
    parts: Mapped[list[dict[str, Any]]]  # [{charge, kind, direction, amount}]
    paid_at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[str]  # "bank" where the sum was right, else who settled it


class BankLine(Base):
    """One sum that came in. `settled` of it paid charges; the rest is a person's task until it is refunded or elsewhere's."""

    __tablename__ = "bank_line"
    __table_args__ = (
        CheckConstraint("source in ('webhook', 'file')", name="source"),
        CheckConstraint("amount > 0 and settled >= 0 and settled <= amount", name="amounts"),
        CheckConstraint(
            "(settled = 0) = (confirmation_serial is null)"
            " and (confirmation_serial is null) = (confirmation_year is null)",
            name="confirmed",
        ),
        ForeignKeyConstraint(
            ["confirmation_year", "confirmation_serial"], ["money_confirmation.year", "money_confirmation.serial"]
        ),
        UniqueConstraint("account", "reference", "amount"),
        Index("ix_bank_line_odd", "booked_at", postgresql_where=text("settled < amount and elsewhere_at is null")),
    )

    id: Mapped[IntKey]
    source: Mapped[str]
    operator_id: Mapped[str | None] = mapped_column(unique=True)  # theirs: told again, it is the same line
    account: Mapped[str]  # ours, to which it came
    reference: Mapped[str]  # the bank's
    amount: Mapped[int] = mapped_column(BigInteger)
    words: Mapped[str | None]  # what the payer wrote; emptied by retention
    booked_at: Mapped[datetime]
    received_at: Mapped[datetime]
    code: Mapped[str | None] = mapped_column(ForeignKey("payment_code.code"), index=True)
    odd: Mapped[BankOdd | None] = mapped_column(enum_of(BankOdd, "bank_odd"))
    settled: Mapped[int] = mapped_column(BigInteger, default=0)
    confirmation_year: Mapped[int | None]
    confirmation_serial: Mapped[int | None]
    elsewhere_by: Mapped[str | None]  # who said that it is no money of ours
    elsewhere_at: Mapped[datetime | None]
    refunds: Mapped[list[Refund]] = relationship(viewonly=True)

    @property
    def rest(self) -> int:
        return self.amount - self.settled


class Refund(Base):
    """Money on its way back: one hand asks, another pays."""

    __tablename__ = "refund"
    __table_args__ = (
        UniqueConstraint("line_id", "charge_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("paid_by <> asked_by", name="two_hands"),
        CheckConstraint(
            "(paid_by is null) = (paid_at is null) and (paid_by is null) = (bank_reference is null)", name="paid"
        ),
    )

    id: Mapped[IntKey]
    line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"))
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"))  # NULL: the rest of the line
    amount: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    paid_by: Mapped[str | None]
    paid_at: Mapped[datetime | None]
    bank_reference: Mapped[str | None]  # of the transfer back

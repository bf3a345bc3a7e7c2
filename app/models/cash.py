"""Cash between courier, counter and state: what was counted, handed in, passed on. Only added to; a correction is a new row."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.cash import Cash, CashReason, PaidTo, Signed
from app.models.base import Base, IntKey, enum_of


class CashCount(Base):
    """Money as one side has counted it, without having been shown what it should be."""

    __tablename__ = "cash_count"
    __table_args__ = (
        CheckConstraint("(postage is null) = (state_fee is null)", name="purses"),
        Index("ix_cash_count_courier_day", "courier_id", "day"),
    )

    id: Mapped[IntKey]
    operation_id: Mapped[UUID] = mapped_column(unique=True)  # the phone's, or of the counter's form
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"))
    day: Mapped[date]
    postage: Mapped[int | None]  # NULL: an app of before told the sum alone
    state_fee: Mapped[int | None]
    total: Mapped[int]
    by: Mapped[str]  # "courier:3" by his phone, else who counted at the counter
    at: Mapped[datetime]

    @property
    def cash(self) -> Cash | None:
        return Cash(self.postage, self.state_fee) if self.postage is not None and self.state_fee is not None else None


class CashHandIn(Base):
    """What a courier has handed in of one day's money, said by both sides. The row that corrects another takes its place."""

    __tablename__ = "cash_hand_in"
    __table_args__ = (
        CheckConstraint("postage >= 0 and state_fee >= 0", name="amounts"),
        Index("ix_cash_hand_in_courier_day", "courier_id", "day"),
        Index("ix_cash_hand_in_office_day", "office_id", "day"),
    )

    id: Mapped[IntKey]
    count_id: Mapped[int] = mapped_column(ForeignKey("cash_count.id"), unique=True)
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]  # whose receipts it is for: it may come late
    postage: Mapped[int]
    state_fee: Mapped[int]
    expected_postage: Mapped[int]  # by the receipts that were known, less what had been handed in of them
    expected_state_fee: Mapped[int]
    covers_until: Mapped[datetime]  # money taken later is still in hand
    reason: Mapped[CashReason | None] = mapped_column(enum_of(CashReason, "cash_reason"))
    given_by: Mapped[str]
    signed: Mapped[Signed] = mapped_column(enum_of(Signed, "signed"))
    taken_by: Mapped[str]
    taken_at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("cash_hand_in.id"), unique=True)
    mark: Mapped[str | None] = mapped_column(
        unique=True
    )  # of the second signature; NULL: of before, or told by the phone

    @property
    def cash(self) -> Cash:
        return Cash(self.postage, self.state_fee)

    @property
    def expected(self) -> Cash:
        return Cash(self.expected_postage, self.expected_state_fee)


class FeeRemittance(Base):
    """State fees that an office has passed on, against a slip. The row that corrects another takes its place."""

    __tablename__ = "fee_remittance"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    id: Mapped[IntKey]
    operation_id: Mapped[UUID] = mapped_column(unique=True)  # of the form: a second press passes nothing on
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    day: Mapped[date]
    amount: Mapped[int]
    paid_to: Mapped[PaidTo] = mapped_column(enum_of(PaidTo, "paid_to"))
    slip_number: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[CashReason | None] = mapped_column(enum_of(CashReason, "cash_reason"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("fee_remittance.id"), unique=True)


class CashStart(Base):
    """From which day on cash is booked here: one row, written by the migration that found receipts of before."""

    __tablename__ = "cash_start"

    day: Mapped[date] = mapped_column(primary_key=True)

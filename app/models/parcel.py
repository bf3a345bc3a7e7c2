"""Parcels, papers and seals."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Sequence, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.custody import Holder
from app.domain.parcel import PaperForm, PaperState, ParcelPurpose
from app.models.base import Base, IntKey, UuidKey, enum_of
from app.models.request import Dossier

# the roll of S10 labels: eight digits, each used once, whoever asks at the same moment
PARCEL_ROLL = Sequence(
    "parcel_roll", data_type=BigInteger(), start=10_000_001, maxvalue=99_999_999, metadata=Base.metadata
)


class Parcel(Base):
    """One sealed envelope. `(event_no, head_hash)` is its chain's head, locked FOR UPDATE before an event is added."""

    __tablename__ = "parcel"

    id: Mapped[UuidKey]
    code: Mapped[str] = mapped_column(unique=True)  # UPU S10
    purpose: Mapped[ParcelPurpose] = mapped_column(enum_of(ParcelPurpose, "parcel_purpose"))
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    errand_id: Mapped[UUID | None] = mapped_column(ForeignKey("errand.id"), index=True)
    event_no: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(default="0" * 64)
    holder: Mapped[Holder] = mapped_column(enum_of(Holder, "holder"), index=True)  # the fold's answer, kept for queries
    holder_id: Mapped[str | None]
    gap: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    dossier: Mapped[Dossier] = relationship()
    papers: Mapped[list[Paper]] = relationship(back_populates="parcel", order_by="Paper.line, Paper.id")
    seals: Mapped[list[Seal]] = relationship(back_populates="parcel", order_by="Seal.applied_at")


class Paper(Base):
    """One line of what is inside: changes only at an opening event."""

    __tablename__ = "paper"
    __table_args__ = (CheckConstraint("count > 0", name="count"),)

    id: Mapped[IntKey]
    parcel_id: Mapped[UUID] = mapped_column(ForeignKey("parcel.id"), index=True)
    line: Mapped[int]
    name: Mapped[str]
    form: Mapped[PaperForm] = mapped_column(enum_of(PaperForm, "paper_form"))
    count: Mapped[int]
    state: Mapped[PaperState] = mapped_column(enum_of(PaperState, "paper_state"))
    parcel: Mapped[Parcel] = relationship(back_populates="papers")


class Seal(Base):
    """A numbered seal: used once ever, and one unbroken seal a parcel."""

    __tablename__ = "seal"
    __table_args__ = (Index("ux_seal_unbroken", "parcel_id", unique=True, postgresql_where=text("broken_at is null")),)

    number: Mapped[str] = mapped_column(primary_key=True)
    parcel_id: Mapped[UUID] = mapped_column(ForeignKey("parcel.id"))
    applied_at: Mapped[datetime]
    broken_at: Mapped[datetime | None]
    parcel: Mapped[Parcel] = relationship(back_populates="seals")

"""Slots, errands and attempts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.errand import ErrandKind, ErrandState, ProofKind
from app.domain.slot import SlotKind
from app.models.base import Base, IntKey, UuidKey, enum_of
from app.models.office import Courier, Office
from app.models.request import Dossier, Place, ServiceRequest


class Slot(Base):
    """An interval for a commune, with a capacity. Made when first looked at; taken under a row lock."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("unit_code", "starts_at", "ends_at"),
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("capacity >= 0", name="capacity"),
    )

    id: Mapped[IntKey]
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"))
    day: Mapped[date] = mapped_column(index=True)
    kind: Mapped[SlotKind] = mapped_column(enum_of(SlotKind, "slot_kind"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    closed: Mapped[bool] = mapped_column(default=False)


class SlotHold(Base):
    """A place kept ten minutes while the form is filled."""

    __tablename__ = "slot_hold"

    id: Mapped[IntKey]
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    holder: Mapped[str] = mapped_column(unique=True)  # the form's own token: one hold a form
    expires_at: Mapped[datetime]


class ErrandDossier(Base):
    __tablename__ = "errand_dossier"

    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errand.id"), primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), primary_key=True, index=True)


class Errand(Base):
    __tablename__ = "errand"

    id: Mapped[UuidKey]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"), index=True)
    kind: Mapped[ErrandKind] = mapped_column(enum_of(ErrandKind, "errand_kind"))
    state: Mapped[ErrandState] = mapped_column(enum_of(ErrandState, "errand_state"), index=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)  # the office that serves it
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"), index=True)
    executed_by: Mapped[str] = mapped_column(default="own")  # own | carrier: one executing system, shown
    proof: Mapped[ProofKind] = mapped_column(enum_of(ProofKind, "proof_kind"))
    papers_due_waived: Mapped[bool] = mapped_column(default=False)
    only_lines: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))  # of the list: a visit for these papers alone
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str | None]
    held_until: Mapped[date | None]
    request: Mapped[ServiceRequest] = relationship()
    place: Mapped[Place] = relationship()
    office: Mapped[Office] = relationship()
    slot: Mapped[Slot | None] = relationship()
    dossiers: Mapped[list[Dossier]] = relationship(secondary="errand_dossier", order_by="Dossier.position")
    attempts: Mapped[list[Attempt]] = relationship(back_populates="errand", order_by="Attempt.number")


class Attempt(Base):
    """One try at an errand: outcome, evidence, both clocks. Evidence holds commitments and ticks, nothing personal."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("errand_id", "number"),)

    id: Mapped[IntKey]
    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errand.id"))
    number: Mapped[int]
    courier_id: Mapped[int | None] = mapped_column(ForeignKey("courier.id"))
    outcome: Mapped[str]
    outcome_version: Mapped[int] = mapped_column(default=1)
    evidence: Mapped[dict[str, Any]]
    counts: Mapped[bool] = mapped_column(default=False)
    operation_id: Mapped[str] = mapped_column(unique=True)
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    errand: Mapped[Errand] = relationship(back_populates="attempts")
    courier: Mapped[Courier | None] = relationship()


class HandoverCode(Base):
    """The citizen's proof at the door: HMAC with a pepper; tries are counted in the row (docs/decisions/proof-of-handover.md)."""

    __tablename__ = "handover_code"

    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errand.id"), primary_key=True)
    mac: Mapped[str]
    check_digits: Mapped[str]  # SHA-256(salt‖code) mod 100: catches typos offline
    salt: Mapped[str]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    strange_tries: Mapped[int] = mapped_column(default=0)  # by phones that have nothing but the code: they use up none
    confirmed_at: Mapped[datetime | None]

"""The case of a lost or damaged paper: opened with its incident, closed when nothing is owed any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.paper_case import CaseStep, FaultSide
from app.models.bag import Incident
from app.models.base import Base, IntKey, enum_of


class PaperCase(Base):
    __tablename__ = "paper_case"
    __table_args__ = (CheckConstraint("amount is null or amount >= 0", name="amount"),)

    id: Mapped[IntKey]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), unique=True)
    opened_at: Mapped[datetime]
    fault: Mapped[FaultSide | None] = mapped_column(enum_of(FaultSide, "case_fault"))
    amount: Mapped[int | None]  # of the compensation, in đồng
    closed_at: Mapped[datetime | None]
    incident: Mapped[Incident] = relationship()
    steps: Mapped[list[CaseStepDone]] = relationship(back_populates="case", order_by="CaseStepDone.id")


class CaseStepDone(Base):
    """Only added to: what was done for the citizen, when and by whom."""

    __tablename__ = "paper_case_step"
    __table_args__ = (UniqueConstraint("case_id", "step"),)

    id: Mapped[IntKey]
    case_id: Mapped[int] = mapped_column(ForeignKey("paper_case.id"))
    step: Mapped[CaseStep] = mapped_column(enum_of(CaseStep, "case_step"))
    at: Mapped[datetime]
    by: Mapped[str]
    note: Mapped[str | None]
    case: Mapped[PaperCase] = relationship(back_populates="steps")

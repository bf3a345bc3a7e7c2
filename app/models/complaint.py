"""Complaints of citizens, each with a number, a day until which it is answered, and who answered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.complaint import ComplaintKind, ComplaintRoute
from app.domain.survey import VoiceRoad
from app.models.base import Base, IntKey, enum_of
from app.models.office import Office
from app.models.request import ServiceRequest


class Complaint(Base):
    """`about`: the actors who did what is complained of. Written and signed are two acts where the writer is one of them."""

    __tablename__ = "complaint"
    __table_args__ = (Index("ix_complaint_open", "due_on", postgresql_where=text("answered_at is null")),)

    id: Mapped[IntKey]
    number: Mapped[str] = mapped_column(unique=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("service_request.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    kind: Mapped[ComplaintKind] = mapped_column(enum_of(ComplaintKind, "complaint_kind"))
    road: Mapped[VoiceRoad] = mapped_column(enum_of(VoiceRoad, "complaint_road"))
    said: Mapped[str | None]
    about: Mapped[list[str]]
    lodged_at: Mapped[datetime]
    lodged_by: Mapped[str]
    due_on: Mapped[date]
    route: Mapped[ComplaintRoute | None] = mapped_column(enum_of(ComplaintRoute, "complaint_route"))
    routed_at: Mapped[datetime | None]
    routed_by: Mapped[str | None]
    answer: Mapped[str | None]
    written_at: Mapped[datetime | None]
    written_by: Mapped[str | None]
    signed_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    request: Mapped[ServiceRequest] = relationship()
    office: Mapped[Office] = relationship()

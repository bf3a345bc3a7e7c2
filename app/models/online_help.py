"""Appointments at a counter for help with filing online. No name, no telephone: the reference is said at the counter."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.online_help import HalfDay, HelpState, ResultWay
from app.models.base import Base, IntKey, enum_of
from app.models.office import Office
from app.models.procedure import Procedure


class OnlineHelp(Base):
    __tablename__ = "online_help"
    __table_args__ = (Index("ix_online_help_office_id_day", "office_id", "day"),)

    id: Mapped[IntKey]
    reference: Mapped[str] = mapped_column(unique=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date]
    half: Mapped[HalfDay] = mapped_column(enum_of(HalfDay, "help_half"))
    result_by: Mapped[ResultWay] = mapped_column(enum_of(ResultWay, "help_result_by"))
    state: Mapped[HelpState] = mapped_column(enum_of(HelpState, "help_state"), default=HelpState.ASKED)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    procedure: Mapped[Procedure] = relationship()
    office: Mapped[Office] = relationship()

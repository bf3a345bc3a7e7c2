"""What the one-stop software's own file said of a desk's dossiers on one day, where no exchange tells it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, IntKey


class OneStopLine(Base):
    """One dossier of one day's file; the last file of a day is the one that stands."""

    __tablename__ = "one_stop_line"
    __table_args__ = (UniqueConstraint("desk_id", "day", "code"),)

    id: Mapped[IntKey]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    day: Mapped[date]
    code: Mapped[str]  # of the dossier
    state: Mapped[int | None]  # national; NULL: scanned from a slip, which says none
    due_on: Mapped[date | None]
    envelope: Mapped[str | None]  # our parcel's or request's code, where the file names it
    told_at: Mapped[datetime]
    by: Mapped[str]

"""What was put right of an act at a door: a row beside it, which nobody changes (triggers in `app.models.guards`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, IntKey
from app.models.errand import Errand


class Amendment(Base):
    """One correction. Why, and the new words, are personal: they lie in `custody_evidence` under `commitment`."""

    __tablename__ = "amendment"

    id: Mapped[IntKey]
    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errand.id"), index=True)
    amends: Mapped[str]  # the operation that wrote the act; it stands as it was written
    operation_id: Mapped[str] = mapped_column(unique=True)  # the phone's own, or the office's form
    fields: Mapped[list[str]]
    commitment: Mapped[str]
    late: Mapped[bool]  # told after the counter had taken over: a person looks at it
    by: Mapped[str]  # "courier:3", "staff:12"
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    errand: Mapped[Errand] = relationship()

"""A dossier's number put right after a slip of the hand: both numbers, in a row that nobody changes (`app.models.guards`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, IntKey


class Renumbering(Base):
    """Why is personal: it lies in `custody_evidence` under `commitment`."""

    __tablename__ = "renumbering"

    id: Mapped[IntKey]
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    before: Mapped[str]
    after: Mapped[str]
    commitment: Mapped[str]
    by: Mapped[str]  # "staff:12"
    confirmed_by: Mapped[str]  # "staff:14", "courier:7": read the slip, too
    at: Mapped[datetime]

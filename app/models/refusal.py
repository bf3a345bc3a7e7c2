"""A desk wants to refuse a dossier whose papers may be on the road: two phases (docs/decisions/refusal-in-two-phases.md)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, UuidKey
from app.models.request import Dossier


class Refusal(Base):
    """refusal_requested → the pickup is cancelled → refused, or refusal_blocked with the reason."""

    __tablename__ = "refusal"
    __table_args__ = (
        CheckConstraint("state in ('refusal_requested', 'refused', 'refusal_blocked')", name="state"),
        Index(
            "ux_refusal_open",
            "dossier_id",
            unique=True,
            postgresql_where=text("state in ('refusal_requested', 'refused')"),
        ),
    )

    id: Mapped[UuidKey]
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"))
    by: Mapped[str]
    reason: Mapped[str]  # for the citizen
    state: Mapped[str] = mapped_column(default="refusal_requested")
    blocked_by: Mapped[str | None]  # a code: courier_holds_papers | carrier_refused | papers_at_desk …
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    dossier: Mapped[Dossier] = relationship()

"""A desk refuses a dossier, or wants more papers for it (docs/decisions/refusal-in-two-phases.md)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, UuidKey
from app.models.request import Dossier


class Refusal(Base):
    """refusal_requested → the pickup is cancelled → refused, or refusal_blocked with the reason; withdrawn while it waits.

    `papers_asked`: no refusal yet, the dossier waits for the papers named.
    """

    __tablename__ = "refusal"
    __table_args__ = (
        CheckConstraint(
            "state in ('refusal_requested', 'refused', 'refusal_blocked', 'refusal_withdrawn', 'papers_asked')",
            name="state",
        ),
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
    legal_basis: Mapped[str | None]  # for the citizen; an agency's software tells none
    papers: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), default=list
    )  # names, as listed
    state: Mapped[str] = mapped_column(default="refusal_requested")
    blocked_by: Mapped[str | None]  # a code: courier_holds_papers | carrier_refused | papers_at_desk …
    requested_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    dossier: Mapped[Dossier] = relationship()

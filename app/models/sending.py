"""One handing-over of a message to an operator: its state there. Its id is the reference that the operator is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.sending import SendingState
from app.models.base import Base, UuidKey, enum_of


class Sending(Base):
    __tablename__ = "sending"
    __table_args__ = (
        Index("ix_sending_operator_id", "channel", "operator_id"),
        Index(
            "ix_sending_under_way",
            "channel",
            "began_at",
            postgresql_where=text("state in ('unclear', 'taken', 'sent')"),
        ),
    )

    id: Mapped[UuidKey]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), index=True)
    channel: Mapped[str]  # the operator: "esms"
    state: Mapped[SendingState] = mapped_column(enum_of(SendingState, "sending_state"))
    is_repeat: Mapped[bool]  # the answer to the one before was lost
    tries: Mapped[int] = mapped_column(default=0)
    operator_id: Mapped[str | None]
    code: Mapped[str | None]  # the operator's own
    reports: Mapped[bool]  # does this operator tell whether a message arrived?
    began_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # when the operator was last asked what became of it

"""What a citizen was told: template version, channel, result. One a trigger."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.identity import Channel
from app.models.base import Base, UuidKey, enum_of

LETTER: Final = ":letter"
"""Ends the trigger of a letter by e-mail beside a message: its address is emptied in time, its trigger stays."""

NOTICE: Final = ":browser:"
"""In the trigger of a notice beside a message, before the id of the browser that it is for."""
BROWSER: Final = "browser:"
"""Before that id as the recipient: the address itself stands in `push_subscription` alone."""


class Message(Base):
    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("state in ('queued', 'taken', 'sent', 'delivered', 'failed', 'not_wanted')", name="state"),
        Index("ix_message_recipient", "recipient", postgresql_where=text("recipient is not null")),
        Index("ix_message_told", "created_at", postgresql_where=text("recipient is not null or body <> ''")),
    )

    id: Mapped[UuidKey]
    trigger: Mapped[str] = mapped_column(unique=True)  # e.g. "booked:<errand>:<revision>": told once
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_request.id"), index=True)
    errand_id: Mapped[UUID | None] = mapped_column(ForeignKey("errand.id"))
    template: Mapped[str]
    template_version: Mapped[int]
    language: Mapped[str]
    channel: Mapped[Channel] = mapped_column(enum_of(Channel, "message_channel"))
    recipient: Mapped[str | None]  # a telephone, an address of e-mail, or the id of a browser; emptied at erasure
    body: Mapped[str]  # without the secret parts: codes are put in at sending
    params: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))  # the same for registered templates
    state: Mapped[str] = mapped_column(default="queued")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]

    @property
    def is_notice(self) -> bool:
        """Is it shown by a browser? Its recipient is that browser's id."""
        return (self.recipient or "").startswith(BROWSER)

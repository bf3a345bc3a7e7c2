"""Browsers whose owners allowed notices: of one request, or a courier's phone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, UuidKey


class PushSubscription(Base):
    """One browser, as it told us of itself. Whoever has these can show notices there, and read nothing."""

    __tablename__ = "push_subscription"
    __table_args__ = (
        CheckConstraint("num_nonnulls(request_id, device_id) = 1", name="whose"),
        UniqueConstraint("request_id", "endpoint"),
        UniqueConstraint("device_id"),
    )

    id: Mapped[UuidKey]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_request.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    endpoint: Mapped[str]  # at its push service
    p256dh: Mapped[str]  # its public key …
    auth: Mapped[str]  # … and its secret, to which notices are encrypted
    server_key: Mapped[str]  # the public key of ours that it allowed
    made_at: Mapped[datetime]
    used_at: Mapped[datetime]  # when its push service last took a notice, or it was told of again

"""Counters of tries, for all processes together; lost when the server crashes, and that does no harm."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class LimitCount(Base):
    """Of one limit and whom it counts (a hash): how many tries, and until when they count."""

    __tablename__ = "limit_count"
    # half-filled pages: a counter is written again in its own page, without touching the index
    __table_args__ = {"prefixes": ["UNLOGGED"], "postgresql_with": {"fillfactor": 50}}  # noqa: RUF012 (SQLAlchemy's name)

    key: Mapped[bytes] = mapped_column(BYTEA, primary_key=True)
    tries: Mapped[int]
    until: Mapped[datetime]

"""Who looked at or changed what; append-only, until its five years are over. And who was erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Base, IntKey


class AuditEvent(Base):
    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_object", "object_kind", "object_id"), Index("ix_audit_event_at", "at"))

    id: Mapped[IntKey]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    detail: Mapped[dict[str, Any]]


class Erasure(Base):
    """One row of what was erased for a person, by its id: written beside the backups, and done again after a restore."""

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        CheckConstraint("kind in ('applicant', 'helper', 'text')", name="kind"),
    )

    id: Mapped[IntKey]
    kind: Mapped[str]  # applicant: all of it | helper: of this request | text: "table.column.row"
    subject_id: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    legal_basis: Mapped[str]

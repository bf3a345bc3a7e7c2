"""Photographs and signatures: known by the SHA-256 of what they show, encrypted wherever they lie."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.operation import FileKind
from app.models.base import Base, IntKey, enum_of


class StoredFile(Base):
    """`coming`: `body` grows part by part, still sealed by the phone; `whole`: hash proved, waits for the store;
    `stored`: in TANNHA_FILES, encrypted, `body` empty; `deleted`: its time was over.
    """

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("state in ('coming', 'whole', 'stored', 'deleted')", name="state"),)

    sha256: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="coming")
    sealed_size: Mapped[int]  # of the sealed body, announced by the phone
    received: Mapped[int] = mapped_column(default=0)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    size: Mapped[int | None]  # of the file itself
    media_type: Mapped[str | None]
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    started_at: Mapped[datetime]
    whole_at: Mapped[datetime | None]
    stored_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class FileUse(Base):
    """What a file proves. It may be written before the file itself has arrived: "proof pending"."""

    __tablename__ = "file_use"
    __table_args__ = (UniqueConstraint("sha256", "operation_id", "kind"),)

    id: Mapped[IntKey]
    sha256: Mapped[str] = mapped_column(index=True)
    operation_id: Mapped[UUID] = mapped_column(index=True)
    errand_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[FileKind] = mapped_column(enum_of(FileKind, "file_kind"))
    consent: Mapped[bool] = mapped_column(default=False)  # of a faulty paper: the citizen agreed to the photo
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))  # set: this desk only may look
    keep_until: Mapped[datetime | None] = mapped_column(index=True)  # set when the clock of its kind starts

"""Procedures and the papers their published lists name. Rows are versions: a list that changed is a new row."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, IntKey


class Procedure(Base):
    __tablename__ = "procedure"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index("ux_procedure_current", "code", unique=True, postgresql_where=text("current")),
    )

    id: Mapped[IntKey]
    code: Mapped[str] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    current: Mapped[bool] = mapped_column(default=True)
    name: Mapped[str]
    field: Mapped[str]
    level: Mapped[str]  # commune | province | central
    post_allowed: Mapped[bool]
    online_allowed: Mapped[bool]
    presence: Mapped[str]  # no | yes | conditional
    presence_note: Mapped[str] = mapped_column(default="")
    refusal: Mapped[str] = mapped_column(default="")  # why the post may not carry it, and where to go instead
    time_value: Mapped[int | None]
    time_unit: Mapped[str | None]
    state_fee: Mapped[int | None]  # NULL: unknown or set by the province, never free
    originals_due: Mapped[bool]  # flag O: originals before or when the result is returned
    boundary_free: Mapped[bool]
    results: Mapped[list[str]]
    cases: Mapped[list[dict[str, Any]]]  # questions: {key, question, options: [{key, label}], many}
    sample: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(default="")
    in_service_from: Mapped[date | None]
    papers: Mapped[list[RequiredPaper]] = relationship(back_populates="procedure", order_by="RequiredPaper.line")

    @property
    def carried(self) -> bool:
        """May the post carry it for anybody: listed for post, and the person is not needed."""
        return self.post_allowed and self.presence != "yes"


class RequiredPaper(Base):
    __tablename__ = "required_paper"
    __table_args__ = (
        UniqueConstraint("procedure_id", "line"),
        CheckConstraint("mode in ('submit', 'present', 'declare')", name="mode"),
        CheckConstraint("need in ('always', 'conditional', 'alternative', 'if_any')", name="need"),
    )

    id: Mapped[IntKey]
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"))
    line: Mapped[int]
    name: Mapped[str]
    originals: Mapped[int | None]
    copies: Mapped[int | None]
    mode: Mapped[str]
    need: Mapped[str]
    case_keys: Mapped[list[str]]  # all of them must have been chosen
    case_label: Mapped[str] = mapped_column(default="")
    certified_by_post: Mapped[bool] = mapped_column(default=False)  # flag C
    in_database: Mapped[bool] = mapped_column(default=False)  # flag D
    procedure: Mapped[Procedure] = relationship(back_populates="papers")

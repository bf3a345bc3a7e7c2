"""What coordinators did to a plan by hand: each act with what stood before it, so that it can be taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, IntKey


class PlanAct(Base):
    """One act. `before`, `after`: the rows of the routes and left-out errands that it touched, ids and times alone."""

    __tablename__ = "plan_act"

    id: Mapped[IntKey]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str]  # of `app.domain.draft_acts.ActKind`
    by: Mapped[str]
    at: Mapped[datetime]
    offices: Mapped[list[int]] = mapped_column(JSONB)
    shifts: Mapped[list[int]] = mapped_column(JSONB)
    errands: Mapped[list[str]]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]  # what changed: {metres, seconds, dong, onward_m, broken, served}
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("plan_act.id"))
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("plan_act.id"))

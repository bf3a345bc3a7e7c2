"""What a citizen said of a visit: one answer a visit, a tap and a reason; no text, so nobody is named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.survey import SurveyAnswer, SurveyReason, VoiceRoad
from app.models.base import Base, IntKey, enum_of


class VisitSurvey(Base):
    __tablename__ = "visit_survey"

    id: Mapped[IntKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    answer: Mapped[SurveyAnswer] = mapped_column(enum_of(SurveyAnswer, "survey_answer"))
    reason: Mapped[SurveyReason | None] = mapped_column(enum_of(SurveyReason, "survey_reason"))
    road: Mapped[VoiceRoad] = mapped_column(enum_of(VoiceRoad, "survey_road"))
    given_at: Mapped[datetime]
    taken_by: Mapped[str]

"""The survey of a visit that brought or fetched papers: one tap, and a reason where it was not good.

A question of the post's own about its visits: it is no official index of satisfaction, and is never called one.
"""

from __future__ import annotations

from enum import StrEnum

from app.domain.errors import DomainError


class SurveyAnswer(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class SurveyReason(StrEnum):
    LATE = "late"
    NOBODY_CAME = "nobody_came"
    MANNER = "manner"
    PAPERS = "papers"  # asked for too many, or counted wrong
    MONEY = "money"
    OTHER = "other"


class VoiceRoad(StrEnum):
    """How a citizen's word reached us."""

    WEB = "web"
    TELEPHONE = "telephone"
    COUNTER = "counter"
    PAPER = "paper"


def check_reason(answer: SurveyAnswer, reason: SurveyReason | None) -> None:
    """A reason belongs to an answer that is not good. Raises `survey_reason_of_good`."""
    if answer is SurveyAnswer.GOOD and reason is not None:
        raise DomainError("survey_reason_of_good", kind="invalid", field="survey_reason")

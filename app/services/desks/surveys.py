"""Take a citizen's word on a visit: one answer a visit, and its reason once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.domain.errors import DomainError
from app.domain.survey import SurveyAnswer, SurveyReason, VoiceRoad, check_reason
from app.models import Attempt, Errand, VisitSurvey
from app.unit_of_work import UnitOfWork


def answer_survey(
    work: UnitOfWork, errand: Errand, answer: SurveyAnswer, road: VoiceRoad, by: str, now: datetime
) -> VisitSurvey:
    """Of the errand's newest visit. The first answer stands: another one changes nothing. Raises `survey_without_visit`."""
    attempt_id = _newest_visit(work, errand.id)
    row = {
        "attempt_id": attempt_id,
        "office_id": errand.office_id,
        "answer": answer,
        "road": road,
        "given_at": now,
        "taken_by": by,
    }
    work.execute(insert(VisitSurvey).values(row).on_conflict_do_nothing(index_elements=["attempt_id"]))
    return work.scalars(select(VisitSurvey).where(VisitSurvey.attempt_id == attempt_id)).one()


def answered_before(work: UnitOfWork, errand: Errand) -> VisitSurvey | None:
    """What was said of the newest visit already, by whichever road. Raises `survey_without_visit`."""
    return work.scalar(select(VisitSurvey).where(VisitSurvey.attempt_id == _newest_visit(work, errand.id)))


def give_reason(work: UnitOfWork, errand: Errand, reason: SurveyReason) -> None:
    """Why the newest visit was not good; the first reason stands. Raises `survey_without_visit` or `survey_reason_of_good`."""
    wanted = select(VisitSurvey).where(VisitSurvey.attempt_id == _newest_visit(work, errand.id))
    row = work.scalar(wanted.with_for_update())
    if row is None:
        raise DomainError("survey_without_visit", kind="conflict")
    check_reason(row.answer, reason)
    row.reason = row.reason or reason


def _newest_visit(work: UnitOfWork, errand_id: UUID) -> int:
    newest = select(Attempt.id).where(Attempt.errand_id == errand_id).order_by(Attempt.number.desc()).limit(1)
    attempt_id = work.scalar(newest)
    if attempt_id is None:
        raise DomainError("survey_without_visit", kind="conflict")
    return attempt_id

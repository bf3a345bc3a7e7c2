"""What citizens said: open complaints, a request's own, and counts by month and office for reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from app.clock import LOCAL, at
from app.domain.paper_case import CaseStep
from app.models import Attempt, CaseStepDone, Complaint, Errand, Incident, PaperCase, VisitSurvey
from app.queries.visible import Offices, within

Days = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class VoiceCount:
    """`what`: `survey.good`, `complaint.loss`, `complaint.answered`, `complaint.answered_late`, `case.opened`, `case.called`,
    `case.paid` with its `amount` in đồng.
    """

    office_id: int
    month: date
    what: str
    number: int
    amount: int


@dataclass(frozen=True, slots=True)
class SurveyedVisit:
    errand: Errand
    attempt_id: int
    survey: VisitSurvey | None


def open_complaints(session: Session, offices: Offices) -> Sequence[Complaint]:
    """What is due first stands first."""
    wanted = select(Complaint).where(Complaint.answered_at.is_(None), *within(Complaint.office_id, offices))
    return session.scalars(
        wanted.options(joinedload(Complaint.office), joinedload(Complaint.request)).order_by(
            Complaint.due_on, Complaint.id
        )
    ).all()


def complaints_of(session: Session, request_id: UUID) -> Sequence[Complaint]:
    return session.scalars(select(Complaint).where(Complaint.request_id == request_id).order_by(Complaint.id)).all()


def visits_to_survey(session: Session, request_id: UUID) -> list[SurveyedVisit]:
    """The newest visit of each errand, with what was said of it."""
    rows = session.execute(
        select(Errand, Attempt.id, VisitSurvey)
        .join(Attempt, Attempt.errand_id == Errand.id)
        .outerjoin(VisitSurvey, VisitSurvey.attempt_id == Attempt.id)
        .where(Errand.request_id == request_id)
        .order_by(Errand.created_at, Errand.id, Attempt.number)
    ).all()
    newest = {errand.id: SurveyedVisit(errand, attempt_id, survey) for errand, attempt_id, survey in rows}
    return list(newest.values())


def by_month(session: Session, since: date, until: date, offices: Offices = None) -> list[VoiceCount]:
    """Counts of the days from `since` to `until`, a row for each month, office and thing counted."""
    days = at(since, time.min), at(until, time.max)
    rows = session.execute(union_all(*_surveys(days), *_complaints(days), *_cases(days))).all()
    counts = [VoiceCount(row.office_id, row.month.date(), row.what, row.number, int(row.amount or 0)) for row in rows]
    seen = [one for one in counts if offices is None or one.office_id in offices]
    return sorted(seen, key=lambda one: (one.month, one.office_id, one.what))


def _counted(
    days: Days,
    moment: ColumnElement[Any],
    office: ColumnElement[Any],
    what: ColumnElement[str],
    amount: ColumnElement[Any],
) -> Select[Any]:
    """By month as people here count it."""
    month = func.date_trunc("month", func.timezone(LOCAL.key, moment))
    counted = select(
        office.label("office_id"),
        month.label("month"),
        what.label("what"),
        func.count().label("number"),
        func.sum(amount).label("amount"),
    )
    return counted.where(moment.between(*days)).group_by(office, month, what)


def _surveys(days: Days) -> Iterator[Select[Any]]:
    what = func.concat("survey.", VisitSurvey.answer)
    yield _counted(days, _c(VisitSurvey.given_at), _c(VisitSurvey.office_id), what, literal(0))


def _complaints(days: Days) -> Iterator[Select[Any]]:
    office, answered = _c(Complaint.office_id), _c(Complaint.answered_at)
    yield _counted(days, _c(Complaint.lodged_at), office, func.concat("complaint.", Complaint.kind), literal(0))
    yield _counted(days, answered, office, literal("complaint.answered"), literal(0))
    late = func.date(func.timezone(LOCAL.key, Complaint.answered_at)) > Complaint.due_on
    yield _counted(days, answered, office, literal("complaint.answered_late"), literal(0)).where(late)


def _cases(days: Days) -> Iterator[Select[Any]]:
    office, opened = _c(Incident.office_id), _c(PaperCase.opened_at)
    mine = PaperCase.incident_id == Incident.id
    yield _counted(days, opened, office, literal("case.opened"), literal(0)).join_from(PaperCase, Incident, mine)
    done = func.concat("case.", CaseStepDone.step)
    paid = case((CaseStepDone.step == CaseStep.PAID, PaperCase.amount), else_=0)
    yield (
        _counted(days, _c(CaseStepDone.at), office, done, paid)
        .join_from(CaseStepDone, PaperCase, PaperCase.id == CaseStepDone.case_id)
        .join(Incident, mine)
    )


def _c(column: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    return column.expression

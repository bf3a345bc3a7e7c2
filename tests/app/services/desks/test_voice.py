"""Surveys, complaints and cases of lost papers, from the citizen's word to the last step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.complaint import Answerer, ComplaintKind, ComplaintRoute
from app.domain.custody import Holder
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.incident import IncidentKind, Verdict
from app.domain.paper_case import CaseStep, FaultSide
from app.domain.survey import SurveyAnswer, SurveyReason, VoiceRoad
from app.domain.tariff import ChargeKind
from app.models import Charge, Complaint, Incident, Message, PaperCase, VisitSurvey
from app.queries.attention import tasks
from app.queries.custody.paper_cases import last_holder
from app.queries.desks.voice import by_month, visits_to_survey
from app.queries.tracking.timeline import timeline
from app.services.custody.incidents import close_incident, open_incident
from app.services.desks import complaints, paper_cases, surveys
from app.services.desks.complaints import Lodged
from app.services.desks.paper_cases import DoStep
from app.unit_of_work import UnitOfWork
from tests.factories import make_staff
from tests.factories.custody import AT_THE_DOOR, Road, collected, delivered, make_road

NOW = AT_THE_DOOR + timedelta(hours=2)
COORDINATOR = Answerer("staff:900001", None)


def refusal(code: str) -> pytest.RaisesExc[DomainError]:
    return pytest.RaisesExc(DomainError, check=lambda error: error.code == code)


def lodged(
    session: UnitOfWork, road: Road, kind: ComplaintKind = ComplaintKind.DELAY, said: str = "Đến muộn."
) -> Complaint:
    return complaints.lodge(session, road.request, Lodged(kind, VoiceRoad.WEB, said, "citizen:x", NOW))


def manager_of(session: UnitOfWork, road: Road) -> Answerer:
    office = road.world.office
    return Answerer(f"staff:{make_staff(session, Role.OFFICE_MANAGER, office=office).id}", office.id)


def lost(session: UnitOfWork, road: Road, kind: IncidentKind = IncidentKind.LOST) -> Incident:
    code = collected(session, road).code
    return open_incident(session, kind=kind, parcel_code=code, office_id=road.world.office.id, by="staff:1", now=NOW)


def case_of(session: UnitOfWork, incident: Incident) -> PaperCase:
    return session.scalars(select(PaperCase).where(PaperCase.incident_id == incident.id)).one()


def told(session: UnitOfWork, template: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.template == template)))


def test_a_visit_is_answered_once_and_its_reason_is_given_once(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)
    surveys.answer_survey(session, road.delivery, SurveyAnswer.POOR, VoiceRoad.WEB, "citizen:x", NOW)
    again = surveys.answer_survey(session, road.delivery, SurveyAnswer.GOOD, VoiceRoad.PAPER, "staff:1", NOW)
    assert again.answer is SurveyAnswer.POOR
    for reason in (SurveyReason.LATE, SurveyReason.MONEY):
        surveys.give_reason(session, road.delivery, reason)
    assert session.scalars(select(VisitSurvey.reason)).one() is SurveyReason.LATE
    said = {visit.errand.id: visit.survey for visit in visits_to_survey(session, road.request.id)}
    assert (said[road.delivery.id], said[road.collection.id]) == (again, None)


def test_a_visit_that_was_never_made_is_not_asked_about(session: UnitOfWork) -> None:
    road = make_road(session)
    with refusal("survey_without_visit"):
        surveys.answer_survey(session, road.collection, SurveyAnswer.GOOD, VoiceRoad.WEB, "citizen:x", NOW)


def test_a_complaint_has_a_number_a_day_and_a_message_and_is_lodged_once(session: UnitOfWork) -> None:
    road = make_road(session)
    first = lodged(session, road)
    assert lodged(session, road) is first
    assert first.number.startswith("KN-")
    (message,) = told(session, "complaint_taken")
    assert first.number in message.body
    assert first.due_on.strftime("%d/%m/%Y") in message.body


def test_three_open_complaints_of_a_request_are_enough(session: UnitOfWork) -> None:
    road = make_road(session)
    for number in range(3):
        lodged(session, road, said=f"Lần {number}")
    with refusal("complaints_open"):
        lodged(session, road, said="Lần nữa")


def test_the_office_that_is_complained_of_writes_and_somebody_else_signs(session: UnitOfWork) -> None:
    road = make_road(session)
    row, manager = lodged(session, road), manager_of(session, road)
    complaints.write_answer(session, row, "Chúng tôi xin lỗi.", manager, NOW)
    assert (row.answered_at, told(session, "complaint_answered")) == (None, [])
    with refusal("answered_alone"):
        complaints.sign_answer(session, row, manager, complaints.text_of(row), NOW)
    with refusal("answered_by_complained_of"):
        complaints.sign_answer(session, row, manager_of(session, road), complaints.text_of(row), NOW)
    complaints.sign_answer(session, row, COORDINATOR, complaints.text_of(row), NOW)
    assert row.answered_at == NOW
    assert len(told(session, "complaint_answered")) == 1
    with refusal("complaint_answered"):
        complaints.write_answer(session, row, "Lần nữa", COORDINATOR, NOW)


def test_the_courier_who_came_is_complained_of(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)
    assert lodged(session, road).about == [f"staff:{road.world.courier.staff_account_id}"]


def test_a_remark_on_a_desk_is_passed_on_before_it_is_answered(session: UnitOfWork) -> None:
    road = make_road(session)
    row = lodged(session, road, ComplaintKind.DESK)
    with refusal("complaint_not_passed_on"):
        complaints.write_answer(session, row, "Đã hỏi.", COORDINATOR, NOW)
    complaints.pass_on(session, row, ComplaintRoute.PORTAL, COORDINATOR.actor, NOW)
    complaints.write_answer(session, row, "Đã hỏi.", COORDINATOR, NOW)
    assert row.answered_at == NOW


def test_what_is_ours_is_passed_on_to_nobody(session: UnitOfWork) -> None:
    with refusal("complaint_is_ours"):
        complaints.pass_on(session, lodged(session, make_road(session)), ComplaintRoute.DESK, COORDINATOR.actor, NOW)


def test_an_overdue_complaint_and_one_to_sign_wait_on_the_board(session: UnitOfWork) -> None:
    road = make_road(session)
    row = lodged(session, road)
    office = {road.world.office.id}
    assert not [one for one in tasks(session, NOW.date(), NOW, office) if one.complaint_id]
    complaints.write_answer(session, row, "Xin lỗi.", manager_of(session, road), NOW)
    assert [one.kind for one in tasks(session, NOW.date(), NOW, office) if one.complaint_id] == ["complaint_to_sign"]
    later = NOW + timedelta(days=60)
    assert [one.kind for one in tasks(session, NOW.date(), later, office) if one.complaint_id] == ["complaint_overdue"]


def test_a_lost_envelope_opens_a_case_that_names_its_last_holder(session: UnitOfWork) -> None:
    road = make_road(session)
    incident = lost(session, road)
    assert case_of(session, incident).opened_at == NOW
    holder = last_holder(session, incident.parcel_code)
    assert holder is not None
    assert (holder.holder, holder.id) == (Holder.COURIER, str(road.world.courier.id))


def test_a_broken_seal_becomes_a_case_when_it_is_closed_as_a_loss(session: UnitOfWork) -> None:
    incident = lost(session, make_road(session), IncidentKind.SEAL_BROKEN)
    assert session.scalars(select(PaperCase)).all() == []
    close_incident(session, incident.id, Verdict.LOST, "Không tìm thấy", "staff:1", NOW)
    assert case_of(session, incident).closed_at is None


def test_an_envelope_missed_twice_is_one_case_that_ends_when_nobody_misses_it(session: UnitOfWork) -> None:
    road = make_road(session)
    first = lost(session, road, IncidentKind.MISSING_AT_COUNT)
    second = open_incident(
        session,
        kind=IncidentKind.NOT_RECEIVED,
        parcel_code=first.parcel_code,
        office_id=road.world.office.id,
        by="staff:1",
        now=NOW,
    )
    case = session.scalars(select(PaperCase)).one()
    assert case.incident_id == first.id
    close_incident(session, first.id, Verdict.FOUND, "Ở trong tủ", "staff:1", NOW)
    assert case.closed_at is None
    close_incident(session, second.id, Verdict.FOUND, "Đã nhận", "staff:1", NOW)
    assert case.closed_at == NOW
    third = open_incident(
        session,
        kind=IncidentKind.MISSING_AT_COUNT,
        parcel_code=first.parcel_code,
        office_id=road.world.office.id,
        by="staff:1",
        now=NOW,
    )
    assert case_of(session, third).closed_at is None


def test_a_case_ends_with_the_paper_found_and_a_damaged_one_does_not(session: UnitOfWork) -> None:
    found, damaged = lost(session, make_road(session)), lost(session, make_road(session), IncidentKind.DAMAGED)
    for incident in (found, damaged):
        close_incident(session, incident.id, Verdict.FOUND, "Ở trong tủ", "staff:1", NOW)
    assert case_of(session, found).closed_at == NOW
    assert case_of(session, damaged).closed_at is None


def test_a_case_is_done_step_by_step_and_every_step_is_on_the_timeline(session: UnitOfWork) -> None:
    road = make_road(session)
    session.add(Charge(request_id=road.request.id, kind=ChargeKind.POSTAGE, amount=26_000, basis="thử"))
    case = case_of(session, lost(session, road))
    step = DoStep(CaseStep.SEARCHED, "staff:1", NOW, "ghi")
    for one in (
        step,
        replace(step, step=CaseStep.CALLED),
        replace(step, step=CaseStep.RECORDED, fault=FaultSide.POST),
        replace(step, step=CaseStep.AGENCY_TOLD),
        replace(step, step=CaseStep.REISSUED),
    ):
        paper_cases.do_step(session, case, one)
    with refusal("case_amount_low"):
        paper_cases.do_step(session, case, replace(step, step=CaseStep.DECIDED, amount=103_999))
    paper_cases.do_step(session, case, replace(step, step=CaseStep.DECIDED, amount=104_000))
    with refusal("case_one_hand"):
        paper_cases.do_step(session, case, replace(step, step=CaseStep.AGREED))
    paper_cases.do_step(session, case, replace(step, step=CaseStep.AGREED, by="staff:2"))
    assert "104.000 đồng" in told(session, "compensation")[0].body
    assert case.closed_at is None
    paper_cases.do_step(session, case, replace(step, step=CaseStep.PAID))
    assert case.closed_at == NOW
    keys = [one.key for one in timeline(session, road.request, NOW).steps if one.key.startswith("case_")]
    assert keys == ["case_opened", *(f"case_{one.value}" for one in CaseStep if one is not CaseStep.NOT_LOST)]


@pytest.mark.parametrize(
    ("kind", "fault", "words"),
    [
        (IncidentKind.LOST, FaultSide.NOBODY, "Không có bồi thường vì bất khả kháng"),
        (IncidentKind.DAMAGED, FaultSide.POST, "Không có tiền bồi thường"),
    ],
)
def test_where_nothing_is_owed_nothing_is_promised(
    session: UnitOfWork, kind: IncidentKind, fault: FaultSide, words: str
) -> None:
    road = make_road(session)
    session.add(Charge(request_id=road.request.id, kind=ChargeKind.POSTAGE, amount=26_000, basis="thử"))
    case = case_of(session, lost(session, road, kind))
    step = DoStep(CaseStep.RECORDED, "staff:1", NOW, "ghi", fault=fault)
    decided = replace(step, step=CaseStep.DECIDED, amount=0)
    for one in (step, decided, replace(step, step=CaseStep.AGREED, by="staff:2"), replace(step, step=CaseStep.PAID)):
        paper_cases.do_step(session, case, one)
    assert told(session, "compensation") == []
    shown = [one.text for one in timeline(session, road.request, NOW).steps if "bồi thường" in one.text]
    assert shown[1:] == [words]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (DoStep(CaseStep.CALLED, "staff:1", NOW), "case_note_missing"),
        (DoStep(CaseStep.RECORDED, "staff:1", NOW, "số 1"), "case_fault_missing"),
    ],
)
def test_a_step_says_what_was_done(session: UnitOfWork, step: DoStep, code: str) -> None:
    with refusal(code):
        paper_cases.do_step(session, case_of(session, lost(session, make_road(session))), step)


def test_nobody_found_a_paper_by_saying_so_in_its_case(session: UnitOfWork) -> None:
    with refusal("case_step_early"):
        step = DoStep(CaseStep.NOT_LOST, "staff:1", NOW, "ghi")
        paper_cases.do_step(session, case_of(session, lost(session, make_road(session))), step)


def test_a_call_that_nobody_made_within_a_day_is_on_the_board(session: UnitOfWork) -> None:
    road = make_road(session)
    incident, office = lost(session, road), {road.world.office.id}

    def waiting(hours: int) -> list[int | None]:
        now = NOW + timedelta(hours=hours)
        return [one.incident_id for one in tasks(session, now.date(), now, office) if one.kind == "case_overdue"]

    assert waiting(23) == []
    assert waiting(25) == [incident.id]


def test_what_citizens_said_is_counted_by_month_and_office(session: UnitOfWork) -> None:
    road = make_road(session)
    lost(session, road)
    row = lodged(session, road)
    complaints.write_answer(session, row, "Xin lỗi.", COORDINATOR, NOW + timedelta(days=60))
    month = NOW.date().replace(day=1)
    counts = by_month(session, month, month + timedelta(days=90), {road.world.office.id})
    assert [(one.month == month, one.what, one.number) for one in counts] == [
        (True, "case.opened", 1),
        (True, "complaint.delay", 1),
        (False, "complaint.answered", 1),
        (False, "complaint.answered_late", 1),
    ]
    assert by_month(session, month, month + timedelta(days=90), {0}) == []

"""The board: the day in hand, its figures, and what waits for a person."""

from __future__ import annotations

from datetime import date, time, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import at
from app.domain.commands import PublishPlan
from app.domain.errand import ErrandState
from app.domain.working_days import Calendar
from app.models import AuditEvent, PlanUnserved
from app.queries.attention import AttentionTask, tasks
from app.queries.planning.board import day_in_hand
from app.services.planning import publish
from app.unit_of_work import UnitOfWork
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY, NOW, TODAY
from tests.factories.custody import delivered, make_road
from tests.factories.planning import make_plan


def test_until_booking_closes_today_is_in_hand_then_the_next_working_day() -> None:
    calendar, friday = Calendar(), date(2026, 12, 4)
    assert day_in_hand(at(friday, time(16, 29)), calendar) == friday
    assert day_in_hand(at(friday, time(18, 0)), calendar) == friday
    assert day_in_hand(at(date(2026, 12, 6), time(8, 0)), calendar) == date(2026, 12, 7)
    assert day_in_hand(at(TODAY, time(16, 30)), calendar) == DAY


def test_the_board_counts_the_day_and_lists_its_plans(scene: Scene, coordinator: FlaskClient) -> None:
    page = coordinator.get(f"/dieu-phoi/?ngay={DAY}")
    assert "12 / 12" in page.text
    assert f"/dieu-phoi/ke-hoach/{scene.plan.id}" in page.text
    assert "Bản nháp" in page.text


def test_a_day_without_errands_says_so(coordinator: FlaskClient) -> None:
    page = coordinator.get("/dieu-phoi/?ngay=2026-12-20")
    assert page.status_code == 200
    assert "Ngày này không làm việc." in page.text
    assert "Chưa có kế hoạch nào cho ngày này." in page.text


def test_a_malformed_day_shows_the_day_in_hand(coordinator: FlaskClient) -> None:
    assert "30/11/2026" in coordinator.get("/dieu-phoi/?ngay=mai").text


def _kinds(found: list[AttentionTask]) -> set[str]:
    return {task.kind for task in found}


def test_a_failed_errand_is_a_task_until_it_has_a_new_slot(scene: Scene, session: Session) -> None:
    errand = scene.errand(scene.own)
    errand.state = ErrandState.FAILED
    session.flush()
    found = tasks(session, DAY, NOW)
    assert [(task.kind, task.reference) for task in found] == [("failed", errand.request.reference)]
    errand.state = ErrandState.SCHEDULED
    session.flush()
    assert tasks(session, DAY, NOW) == []


def test_a_held_errand_is_a_task_the_day_after_its_last(scene: Scene, session: Session) -> None:
    errand = scene.errand(scene.own)
    errand.state, errand.held_until = ErrandState.HELD, TODAY
    session.flush()
    assert tasks(session, DAY, NOW) == []
    assert _kinds(tasks(session, DAY, NOW + timedelta(days=1))) == {"held_over"}


def test_a_visit_on_a_closed_day_is_a_task(scene: Scene, session: Session) -> None:
    slot = scene.errand(scene.own).slot
    assert slot is not None
    slot.closed = True
    session.flush()
    assert _kinds(tasks(session, DAY, NOW)) == {"slot_closed"}
    assert len(tasks(session, DAY, NOW)) == 6


def test_what_the_plan_in_force_leaves_out_is_a_task_with_its_reason(
    scene: Scene, session: UnitOfWork, coordinator: FlaskClient
) -> None:
    for shift in scene.day.shifts:
        shift.works = shift.courier.office_id != scene.own.id
    session.flush()
    plan = make_plan(session)
    assert (
        session.scalars(select(PlanUnserved.reason).where(PlanUnserved.plan_id == plan.id)).all() == ["no_courier"] * 6
    )
    assert tasks(session, DAY, NOW) == []  # a draft is nobody's plan yet
    publish(session, PublishPlan(plan.id, by="system", now=NOW))
    assert len(tasks(session, DAY, NOW)) == 6
    assert tasks(session, DAY, NOW, {scene.foreign.id}) == []
    assert "Bưu cục không có bưu tá làm việc hôm đó." in coordinator.get(f"/dieu-phoi/?ngay={DAY}").text


def test_an_unconfirmed_code_is_a_task_until_somebody_has_called(session: UnitOfWork, coordinator: FlaskClient) -> None:
    attempt = delivered(session, make_road(session))
    page = coordinator.get("/dieu-phoi/")
    assert "Mã nhận chưa khớp." in page.text
    answer = coordinator.post(f"/dieu-phoi/ma-chua-khop/{attempt.id}", follow_redirects=True)
    assert "Mã nhận chưa khớp." not in answer.text
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "proof.checked")).one()
    assert (event.object_id, event.actor.split(":")[0]) == (str(attempt.id), "staff")


def test_a_manager_may_not_end_another_offices_task(session: UnitOfWork, stranger: FlaskClient) -> None:
    attempt = delivered(session, make_road(session))
    assert stranger.post(f"/dieu-phoi/ma-chua-khop/{attempt.id}").status_code == 404

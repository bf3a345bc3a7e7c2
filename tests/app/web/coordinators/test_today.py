"""A day that runs: what came late is added, a courier who falls out hands on, and the coordinator sees the difference."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.commands import PublishPlan
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.models import Errand, Plan
from app.services.planning import publish
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.factories import make_staff
from tests.factories.planning import PlannableDay, make_day, make_plan
from tests.factories.procedure import make_procedure
from tests.factories.request import make_dossier, make_errand, make_place, make_request
from tests.factories.times import NOW, TODAY


@pytest.fixture
def day(session: Session) -> PlannableDay:
    made = make_day(session, errands=6, couriers=2, day=TODAY)
    for shift in made.shifts:
        shift.capacity = 4
    session.flush()
    return made


@pytest.fixture
def plan(session: UnitOfWork, day: PlannableDay) -> Plan:
    assert day.errands
    return publish(session, PublishPlan(make_plan(session, TODAY).id, by="staff:1", now=NOW))


@pytest.fixture
def late(session: Session, day: PlannableDay) -> Errand:
    unit = day.offices[0].unit
    place = make_place(session, unit=unit, lon=unit.lon + 0.006, lat=unit.lat + 0.001)
    request = make_request(session, place=place)
    make_dossier(session, request, procedure=make_procedure(session))
    return make_errand(session, request, office=day.offices[0], day=TODAY)


def test_what_came_late_is_offered_added_and_told(
    coordinator: FlaskClient, session: Session, plan: Plan, late: Errand
) -> None:
    url = f"/dieu-phoi/ke-hoach/{plan.id}"
    page = coordinator.get(f"{url}/con-lai")
    assert "Chèn vào tuyến đang chạy" in page.text
    assert late.request.reference in page.text
    after = coordinator.post(f"{url}/chen", data={"errand_ids": [str(late.id)], "how": "insert"}, follow_redirects=True)
    assert "1 điểm mới, 0 điểm đổi tuyến hoặc đổi thứ tự, 6 điểm giữ nguyên." in after.text
    assert "Đi thêm" in after.text
    assert "Chèn vào tuyến đang chạy" not in after.text
    assert "điểm mới" not in coordinator.get(f"{url}/con-lai").text  # told once
    session.refresh(late)
    assert late.state is ErrandState.PLANNED


def test_what_finds_no_place_says_why(coordinator: FlaskClient, session: Session, plan: Plan, late: Errand) -> None:
    assert late.slot is not None
    late.slot.ends_at = late.slot.starts_at.replace(hour=late.slot.starts_at.hour + 1)
    session.flush()
    url = f"/dieu-phoi/ke-hoach/{plan.id}/chen"
    after = coordinator.post(url, data={"errand_ids": [str(late.id)], "how": "polish"}, follow_redirects=True)
    assert "Còn 1 yêu cầu chưa xếp được:" in after.text
    assert "Không kịp trong khung giờ đã hẹn." in after.text


def test_choosing_nothing_is_refused(coordinator: FlaskClient, plan: Plan, late: Errand) -> None:
    answer = coordinator.post(f"/dieu-phoi/ke-hoach/{plan.id}/chen", data={"how": "insert"})
    assert answer.status_code == 422
    assert late.state is ErrandState.SCHEDULED


def test_a_route_is_handed_on_from_its_page(
    coordinator: FlaskClient, session: Session, plan: Plan, day: PlannableDay
) -> None:
    for shift in day.shifts:
        shift.capacity = 60
    session.flush()
    route = plan.routes[0]
    assert "Bưu tá không đi tiếp được" in coordinator.get(f"/dieu-phoi/tuyen/{route.id}").text
    after = coordinator.post(f"/dieu-phoi/tuyen/{route.id}/chia-lai", follow_redirects=True)
    assert "điểm giữ nguyên." in after.text
    session.expire_all()
    assert len(plan.routes) == 1


def test_a_draft_offers_neither(coordinator: FlaskClient, session: UnitOfWork, late: Errand) -> None:
    draft = make_plan(session, TODAY)
    assert late.state is ErrandState.SCHEDULED
    assert "Chèn vào tuyến đang chạy" not in coordinator.get(f"/dieu-phoi/ke-hoach/{draft.id}/con-lai").text
    assert "Bưu tá không đi tiếp được" not in coordinator.get(f"/dieu-phoi/tuyen/{draft.routes[0].id}").text


def test_a_route_of_an_office_that_has_another_plan_offers_nothing_and_says_so(
    coordinator: FlaskClient, session: UnitOfWork, plan: Plan
) -> None:
    other = make_day(session, day=TODAY)
    both = make_plan(session, TODAY)
    publish(session, PublishPlan(both.id, by="staff:1", now=NOW), office_ids=[other.offices[0].id])
    shown = {
        route.office_id: coordinator.get(f"/dieu-phoi/tuyen/{route.id}").text
        for route in sorted(both.routes, key=lambda route: route.number)
    }
    theirs, ours = shown[other.offices[0].id], shown[plan.routes[0].office_id]
    assert ("Bưu tá không đi tiếp được" in theirs, "Bưu tá không đi tiếp được" in ours) == (True, False)
    assert ("Đã thay bằng bản khác" in theirs, "Đã thay bằng bản khác" in ours) == (False, True)


def test_a_manager_changes_the_own_office_alone(
    session: Session, client: FlaskClient, sign_in: SignIn, plan: Plan, late: Errand
) -> None:
    other = make_staff(session, Role.OFFICE_MANAGER, office=make_day(session, errands=0).offices[0])
    sign_in(other)
    assert client.post(f"/dieu-phoi/ke-hoach/{plan.id}/chen", data={"errand_ids": [str(late.id)]}).status_code == 404
    assert client.post(f"/dieu-phoi/tuyen/{plan.routes[0].id}/chia-lai").status_code in {403, 404}

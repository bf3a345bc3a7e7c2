"""Who may open what: roles, and a manager's own office only."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import Planning
from tests.app.web.conftest import SignIn
from tests.app.web.coordinators.conftest import Scene
from tests.factories import DAY, make_staff

PAGES = (
    "/dieu-phoi/",
    "/dieu-phoi/lap-ke-hoach",
    "/dieu-phoi/nhan-su",
    "/dieu-phoi/tim",
    "/dieu-phoi/ngay-nghi",
    "/dieu-phoi/quang-duong",
)

FROM_ABOVE = {
    "coordinators.mark_one_person_action",
    "coordinators.ask_safe_count_action",
    "coordinators.bank_page",
    "coordinators.bank_action",
    "coordinators.bank_refund_action",
    "coordinators.bank_statement_page",
    "coordinators.bank_statement_action",
}
"""Nobody says of himself that he may sign alone; what comes over the bank is the whole post's."""


def test_every_page_is_marked_for_these_three_roles(flask_app: Flask) -> None:
    rules = {
        name: view.__dict__["access"] for name, view in flask_app.view_functions.items() if name.startswith("coord")
    }
    assert len(rules) >= 18
    above = frozenset({Role.COORDINATOR, Role.ADMIN})
    assert {name for name, rule in rules.items() if rule.roles <= above} == FROM_ABOVE
    others = {rule.roles for name, rule in rules.items() if name not in FROM_ABOVE}
    assert others == {above | {Role.OFFICE_MANAGER}}


@pytest.mark.parametrize("role", [Role.COURIER, Role.COUNTER, Role.DESK_CLERK])
def test_other_staff_are_refused(session: Session, client: FlaskClient, sign_in: SignIn, role: Role) -> None:
    sign_in(make_staff(session, role))
    assert [client.get(page).status_code for page in PAGES] == [403] * len(PAGES)


def test_every_change_asks_for_a_token(
    session: Session, scene: Scene, client: FlaskClient, sign_in: SignIn, flask_app: Flask
) -> None:
    sign_in(make_staff(session, Role.COORDINATOR))
    flask_app.config["WTF_CSRF_ENABLED"] = True
    stop = scene.stop(scene.own)
    changes = (
        "/dieu-phoi/lap-ke-hoach",
        f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh",
        f"/dieu-phoi/tuyen/{stop.route_id}/de-xuat",
        f"/dieu-phoi/ke-hoach/{scene.plan.id}/sua-tay/1",
        f"/dieu-phoi/nhan-su/{scene.day.couriers[0].id}",
        "/dieu-phoi/ngay-nghi",
        "/dieu-phoi/ma-chua-khop/1",
    )
    assert [client.post(url).status_code for url in changes] == [400] * len(changes)


def test_a_manager_finds_nothing_of_another_office(scene: Scene, manager: FlaskClient) -> None:
    foreign = scene.route(scene.foreign)
    courier = next(courier for courier in scene.day.couriers if courier.office_id == scene.foreign.id)
    hidden = (
        f"/dieu-phoi/tuyen/{foreign.id}",
        f"/dieu-phoi/tuyen/{foreign.id}/bang-ke.pdf",
        f"/dieu-phoi/nhan-su/{courier.id}",
        f"/dieu-phoi/yeu-cau/{scene.errand(scene.foreign).request.reference}",
        f"/dieu-phoi/ke-hoach/{scene.plan.id}/so-sanh",
    )
    assert [manager.get(url).status_code for url in hidden] == [404] * len(hidden)


def test_a_manager_sees_the_own_office_alone_on_every_page(scene: Scene, manager: FlaskClient) -> None:
    seen = (
        f"/dieu-phoi/ke-hoach/{scene.plan.id}",
        f"/dieu-phoi/ke-hoach/{scene.plan.id}/tuyen",
        f"/dieu-phoi/nhan-su?ngay={DAY}",
        f"/dieu-phoi/lap-ke-hoach?ngay={DAY}",
        "/dieu-phoi/ngay-nghi",
    )
    for url in seen:
        page = manager.get(url)
        assert page.status_code == 200
        assert scene.own.unit.short_name in page.text
        assert scene.foreign.unit.short_name not in page.text


def test_a_managers_figures_are_those_of_the_own_office(scene: Scene, manager: FlaskClient) -> None:
    page = manager.get(f"/dieu-phoi/?ngay={DAY}")
    assert "6 / 6" in page.text
    assert "12 / 12" not in page.text
    drawn = manager.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-do.json").get_json()
    assert {route["office"] for route in drawn["routes"]} == {str(scene.own.id)}


def test_a_map_of_another_office_is_empty_for_a_manager(scene: Scene, manager: FlaskClient) -> None:
    url = f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-do.json?buu-cuc={scene.foreign.id}"
    assert manager.get(url).get_json()["routes"] == []


def test_a_plan_of_other_offices_does_not_exist_for_a_manager(scene: Scene, stranger: FlaskClient) -> None:
    assert stranger.get(f"/dieu-phoi/ke-hoach/{scene.plan.id}").status_code == 404


def test_a_manager_may_not_publish_for_other_offices(scene: Scene, manager: FlaskClient, session: Session) -> None:
    answer = manager.post(f"/dieu-phoi/ke-hoach/{scene.plan.id}/ban-hanh", data={"revision": scene.plan.revision})
    assert answer.status_code == 403
    session.refresh(scene.plan)
    assert scene.plan.state == "draft"


def test_a_manager_may_not_move_a_stop_to_another_office(scene: Scene, manager: FlaskClient) -> None:
    stop = scene.stop(scene.own)
    target = scene.route(scene.foreign).shift_id
    url = f"/dieu-phoi/tuyen/{stop.route_id}/de-xuat?act=move&stop={stop.id}&to={target}"
    assert manager.get(url).status_code == 404
    assert manager.post(url, data={"seen": ""}).status_code == 404


def test_whatever_a_manager_asks_for_the_own_office_is_planned(
    scene: Scene, manager: FlaskClient, session: Session
) -> None:
    manager.post(
        "/dieu-phoi/lap-ke-hoach",
        data={"ngay": DAY.isoformat(), "seconds": "5", "assignment": "free", "scope": "all",
              "office_ids": [str(scene.foreign.id)]},
    )  # fmt: skip
    order = session.scalars(select(Planning).order_by(Planning.id.desc())).first()
    assert order is not None
    assert (order.office_ids, order.assignment) == ([{"id": scene.own.id}], "home")

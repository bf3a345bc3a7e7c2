"""Who visits the homes of an office's commune."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import Clock
from app.config import Settings
from app.factory import create_app
from app.models import AuditEvent, Office
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import OuterTransaction
from tests.app.web.links.conftest import Case
from tests.app.worker.joined import carrier_at
from tests.factories import DAY, NOW, make_office
from tests.factories.links import make_link

URL = "/dieu-phoi/ket-noi/buu-cuc"


@pytest.fixture
def flask_app(session: UnitOfWork, tmp_path: Path) -> Flask:
    """Joined to a carrier by its file."""
    (tmp_path / "secret").write_text("bi-mat-khong-ai-biet")
    (tmp_path / "links.toml").write_text(carrier_at(tmp_path, "https://thu.example"))
    settings = Settings(environment="test", var=tmp_path, links=tmp_path / "links.toml")
    return create_app(settings, database=OuterTransaction(session), clock=Clock(fixed=NOW))


def switch(admin: FlaskClient, office: Office, executed_by: str) -> str:
    return admin.post(f"{URL}/{office.id}", data={"executed_by": executed_by}, follow_redirects=True).text


def test_the_page_says_what_changes_and_what_stays(session: UnitOfWork, coordinator: FlaskClient) -> None:
    make_link(session, "vnpost")
    office = make_office(session)
    page = coordinator.get(URL).text
    assert "chỉ áp dụng cho lượt mới" in page
    assert "Lượt đã có giữ nguyên" in page
    assert office.name in page


def test_new_visits_of_an_office_go_to_the_carrier_and_back(session: UnitOfWork, admin: FlaskClient) -> None:
    make_link(session, "vnpost")
    office = make_office(session)
    assert "lượt mới do Đơn vị vận chuyển đi" in switch(admin, office, "carrier")
    assert session.get_one(Office, office.id).executed_by == "carrier"
    assert office.name in admin.get(f"{URL}?don-vi=carrier").text
    switch(admin, office, "own")
    assert session.get_one(Office, office.id).executed_by == "own"
    changes = session.query(AuditEvent).filter_by(action="office.executor_changed").order_by(AuditEvent.id)
    assert [change.detail for change in changes] == [
        {"was": "own", "becomes": "carrier"},
        {"was": "carrier", "becomes": "own"},
    ]


def test_visits_that_stand_keep_who_has_them(session: UnitOfWork, case: Case, admin: FlaskClient) -> None:
    make_link(session, "vnpost")
    switch(admin, case.errand.office, "carrier")
    session.refresh(case.errand)
    assert case.errand.executed_by == "own"


@pytest.mark.parametrize("joined", [False, True])
def test_without_a_carrier_that_is_on_nothing_is_given_away(
    session: UnitOfWork, admin: FlaskClient, *, joined: bool
) -> None:
    if joined:
        make_link(session, "vnpost", enabled=False)
    office = make_office(session)
    assert "mọi lượt do bưu tá của bưu cục đi" in admin.get(URL).text
    answer = admin.post(f"{URL}/{office.id}", data={"executed_by": "carrier"})
    assert answer.status_code == 409
    assert office.name in answer.text
    assert session.get_one(Office, office.id).executed_by == "own"


def test_an_unknown_party_is_refused(session: UnitOfWork, admin: FlaskClient) -> None:
    make_link(session, "vnpost")
    assert admin.post(f"{URL}/{make_office(session).id}", data={"executed_by": "ai-đó"}).status_code == 422


def test_request_and_tracking_pages_say_who_comes(session: UnitOfWork, case: Case, coordinator: FlaskClient) -> None:
    request = case.dossier.request
    addresses = (f"/dieu-phoi/yeu-cau/{request.reference}", f"/theo-doi/{request.tracking_token}")
    for executed_by, said in (("own", "Bưu tá của bưu cục"), ("carrier", "Đơn vị vận chuyển")):
        case.errand.executed_by = executed_by
        session.flush()
        for address in addresses:
            page = coordinator.get(address).text
            assert "Đơn vị đi lấy, đi giao" in page
            assert said in page


def test_a_page_past_the_last_is_the_last(session: UnitOfWork, coordinator: FlaskClient) -> None:
    office = make_office(session)
    assert office.name in coordinator.get(f"{URL}?trang=99").text


def test_a_hub_visits_nobody(session: UnitOfWork, admin: FlaskClient) -> None:
    make_link(session, "vnpost")
    hub = make_office(session, kind="hub")
    assert admin.post(f"{URL}/{hub.id}", data={"executed_by": "carrier"}).status_code == 404


def test_a_coordinator_sees_no_button(session: UnitOfWork, coordinator: FlaskClient) -> None:
    make_link(session, "vnpost")
    make_office(session)
    assert "Giao cho đơn vị vận chuyển" not in coordinator.get(URL).text


def test_the_board_of_the_day_counts_what_the_carrier_visits(
    session: UnitOfWork, case: Case, coordinator: FlaskClient
) -> None:
    address = f"/dieu-phoi/?ngay={DAY}"
    said = "Đơn vị vận chuyển đi lấy, đi giao 1 yêu cầu"
    assert said not in coordinator.get(address).text
    case.errand.executed_by = "carrier"
    session.flush()
    assert said in coordinator.get(address).text

"""A dossier's whole exchange: found by what people read out, in the order of time, masked, every look written down."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import Refusal
from tests.app.web.conftest import SignIn
from tests.app.web.links.conftest import CODE, NAME, PHONE, Case, audited
from tests.factories import NOW, make_staff
from tests.factories.links import make_inbox_message, make_order, make_outbox_message, make_step

URL = "/dieu-phoi/ket-noi/ho-so"


def tell(session: Session, case: Case) -> None:
    """A step, an order that is sent, a line of theirs, a refusal."""
    make_step(session, case.dossier, at=NOW - timedelta(hours=5), state=2, told_by_them=True)
    order = make_order(
        session, case.dossier, errand=case.errand, item_code="RT473124829VN", created_at=NOW - timedelta(hours=4),
        state="placed", milestone="picked_up",
    )  # fmt: skip
    make_outbox_message(
        session, case.dossier, link="vnpost", kind="place_order", body={"order_id": str(order.id)}, state="refused",
        said=f"{NAME}, {PHONE}: sai", created_at=NOW - timedelta(hours=4), fault="Rejected", reason="answered Status 9",
    )  # fmt: skip
    make_inbox_message(
        session, subject=order.number, state="taken", code="10", fields={"milestone": "picked_up"},
        received_at=NOW - timedelta(hours=3),
    )  # fmt: skip
    make_inbox_message(
        session, subject="RT473124829VN", raw=f'{{"n": "{NAME}"}}'.encode(), received_at=NOW - timedelta(hours=2)
    )
    session.add(
        Refusal(
            id=uuid4(), dossier_id=case.dossier.id, by="staff:1", reason=f"{NAME} thiếu giấy",
            state="refusal_blocked", requested_at=NOW - timedelta(hours=1),
        )
    )  # fmt: skip
    session.flush()


@pytest.mark.parametrize("typed", [CODE, CODE.lower(), f"{CODE}-TG01", "rt473124829vn"])
def test_a_dossier_is_found_by_its_code_an_order_or_a_waybill(
    session: Session, case: Case, coordinator: FlaskClient, typed: str
) -> None:
    tell(session, case)
    assert coordinator.get(f"{URL}?ma={typed}").location == f"{URL}/{case.dossier.id}"


def test_an_unknown_code_says_so_and_leaves_no_look(session: Session, coordinator: FlaskClient) -> None:
    answer = coordinator.get(f"{URL}?ma=H21.00-000000-0000")
    assert answer.status_code == 404
    assert "Xin kiểm tra lại mã." in answer.text
    assert audited(session, "exchange.viewed") == []


def test_everything_stands_in_the_order_of_time_and_names_nobody(
    session: Session, case: Case, coordinator: FlaskClient
) -> None:
    tell(session, case)
    page = coordinator.get(f"{URL}/{case.dossier.id}").text
    said = (
        "Hồ sơ: đã tiếp nhận",
        f"Đơn {CODE}-TG01: thu gom hồ sơ",
        "Bên ta gửi: Đặt đơn",
        "Họ báo: đã lấy",
        "Họ báo mã 999",
        "Một cửa xin từ chối hồ sơ",
        "thiếu giấy",
    )
    places = [page.index(one) for one in said]
    assert places == sorted(places)
    assert case.leaks(page) == []
    assert audited(session, "exchange.viewed") == [str(case.dossier.id)]


def test_an_order_between_desks_is_carried_by_the_posts_own_bags(
    session: Session, case: Case, coordinator: FlaskClient
) -> None:
    make_order(session, case.dossier, number=f"{CODE}-LC01", purpose="LC", milestone="in_transit")
    page = coordinator.get(f"{URL}/{case.dossier.id}").text
    for said in (f"Đơn {CODE}-LC01: luân chuyển hồ sơ", "mới nhất: đang chuyển", "người đi: túi thư và chuyến xe"):
        assert said in page


def test_a_dossier_without_any_exchange_says_so(case: Case, coordinator: FlaskClient) -> None:
    assert "Chưa có trao đổi nào" in coordinator.get(f"{URL}/{case.dossier.id}").text


def test_the_request_leads_there_for_whoever_may_look(
    session: Session, case: Case, client: FlaskClient, sign_in: SignIn
) -> None:
    address = f"/dieu-phoi/yeu-cau/{case.dossier.request.reference}"
    for role, office, leads in (
        (Role.COORDINATOR, None, True),
        (Role.ADMIN, None, True),
        (Role.OFFICE_MANAGER, case.errand.office, False),
    ):
        sign_in(make_staff(session, role, office=office))
        assert (f"{URL}/{case.dossier.id}" in client.get(address).text) is leads

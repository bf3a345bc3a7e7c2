"""Somebody may receive instead: named by who has the telephone, compared when the result is given."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errand import ErrandState
from app.models import AuditEvent, NamedReceiver
from app.unit_of_work import UnitOfWork
from tests.app.web.citizens.test_account import _sign_in
from tests.app.web.citizens.test_keepsakes import mine
from tests.app.web.citizens.walk import PHONE
from tests.factories import World
from tests.factories.custody import collected, make_road

SAID = {"name": "  Siu  Thử Nhận ", "relation": "family", "id_last4": "0042"}


def _stands(session: Session) -> NamedReceiver | None:
    session.expire_all()
    return session.scalars(select(NamedReceiver)).one_or_none()


def test_who_has_the_telephone_names_somebody_and_takes_the_name_back(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    request = mine(session, world).request
    address, page = f"/yeu-cau/{request.reference}/nguoi-nhan", f"/theo-doi/{request.tracking_token}"
    assert address in client.get(page).text
    assert "/xac-nhan-so" in (client.post(address, data=SAID).location or "")  # the link alone names nobody
    assert _stands(session) is None
    _sign_in(flask_app, client, session)
    assert client.post(address, data=SAID).location == page
    named = _stands(session)
    assert named is not None
    assert (named.name, named.relation, named.id_last4) == ("Siu Thử Nhận", "family", "0042")
    told = client.get(page).text
    assert "S. T. N., người nhà" in told
    assert "Siu Thử Nhận" not in told  # a link lies in many hands
    again = client.get(address).text
    assert "Siu Thử Nhận" in again
    assert "0042" not in again
    client.post(address, data={"turn": "off"})
    assert _stands(session) is None
    acts = session.scalars(select(AuditEvent.action).where(AuditEvent.action.startswith("receiver."))).all()
    assert sorted(acts) == ["receiver.named", "receiver.unnamed"]


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    request = mine(session, world).request
    _sign_in(flask_app, client, session)
    for wrong, field in (({"name": " "}, "name"), ({"relation": "self"}, "relation"), ({"id_last4": "42"}, "id_last4")):
        answer = client.post(f"/yeu-cau/{request.reference}/nguoi-nhan", data=SAID | wrong)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    assert _stands(session) is None


def test_nobody_is_named_any_more_while_the_result_is_on_the_road(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World
) -> None:
    road = mine(session, world)
    road.delivery.state = ErrandState.UNDER_WAY
    session.flush()
    _sign_in(flask_app, client, session)
    address = f"/yeu-cau/{road.request.reference}/nguoi-nhan"
    assert client.post(address, data=SAID).location == f"/theo-doi/{road.request.tracking_token}"
    assert _stands(session) is None
    page = client.get(f"/theo-doi/{road.request.tracking_token}").text
    assert "Không đổi được người nhận thay" in page
    assert address not in page


@pytest.mark.parametrize("phone", [None, "02693820000"])
def test_whom_no_code_reaches_is_sent_to_the_office_instead(
    client: FlaskClient, session: UnitOfWork, world: World, phone: str | None
) -> None:
    road = make_road(session, world)
    collected(session, road)
    road.request.applicant.phone, world.office.phone = phone, "0269000111"
    session.flush()
    page = client.get(f"/theo-doi/{road.request.tracking_token}").text
    assert "Muốn nhờ người khác nhận thay, xin gọi" in page
    assert f"/yeu-cau/{road.request.reference}" not in page


@pytest.mark.parametrize(("own", "named"), [("0900000999", False), ("02693820000", True), (None, True)])
def test_a_helper_names_somebody_only_for_whom_no_code_reaches(
    flask_app: Flask, client: FlaskClient, session: UnitOfWork, world: World, own: str | None, *, named: bool
) -> None:
    request = mine(session, world).request
    request.applicant.phone, request.helper_name, request.helper_phone = own, "Siu Giúp", PHONE
    session.flush()
    _sign_in(flask_app, client, session)
    address, page = f"/yeu-cau/{request.reference}/nguoi-nhan", f"/theo-doi/{request.tracking_token}"
    assert (address in client.get(page).text) is named
    assert client.post(address, data=SAID).location == page
    assert (_stands(session) is not None) is named
    assert ("số điện thoại của người đứng tên yêu cầu" in client.get(page).text) is not named

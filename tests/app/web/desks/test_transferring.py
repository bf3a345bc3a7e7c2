"""Dossiers between desks on the screen: sent on, packed, put in a bag, opened and counted at the other desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.dossier import DossierState
from app.domain.identity import Role
from app.domain.transfer import TransferState
from app.models import Parcel, StaffAccount, Transfer
from app.services.desks import dossier_steps
from app.services.desks.bags import close_bag
from app.services.desks.counting import count_papers
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import PASSWORD, password_hash
from tests.factories import make_staff
from tests.factories.custody import next_seal
from tests.factories.transfers import (
    COUNTED_AT,
    DeskRoad,
    bagging,
    carried,
    counting_there,
    decided,
    make_desk_road,
    make_round,
    packed,
    received,
    transfer_of,
)

PAGE = "/mot-cua/luan-chuyen"


@dataclass(frozen=True)
class Desks:
    """Two desks and one browser: `as_here`, `as_there` sign their clerks in."""

    way: DeskRoad
    client: FlaskClient
    sign_in: SignIn

    def as_here(self) -> FlaskClient:
        self.sign_in(self.way.road.world.clerk)
        return self.client

    def as_there(self) -> FlaskClient:
        self.sign_in(self.way.clerk_there)
        return self.client


@pytest.fixture
def vertical(session: Session, client: FlaskClient, sign_in: SignIn) -> Desks:
    return Desks(make_desk_road(session, "province"), client, sign_in)


@pytest.fixture
def sideways(session: Session, client: FlaskClient, sign_in: SignIn) -> Desks:
    return Desks(make_desk_road(session), client, sign_in)


def under_way(session: UnitOfWork, desks: Desks) -> tuple[Transfer, Parcel]:
    parcel = packed(session, desks.way)
    close_bag(session, bagging(desks.way, [parcel], desks.way.here, desks.way.other))
    return transfer_of(session, desks.way), parcel


def test_a_dossier_is_sent_on_and_packed(session: UnitOfWork, vertical: Desks) -> None:
    transfer, client = received(session, vertical.way), vertical.as_here()
    page = client.get(PAGE).text
    assert vertical.way.there.name in page
    assert "nơi nhận hồ sơ giữ hạn" in page
    assert f"{transfer.id}/niem-phong" not in page  # the scan goes first

    sent = client.post(f"{PAGE}/{transfer.id}/gui-di", follow_redirects=True).text
    assert "nơi giải quyết giữ hạn" in sent
    assert "Tờ khai thử" in client.get(f"{PAGE}/{transfer.id}/niem-phong").text
    seal = {"seal_number": next_seal(), "operation": "op-niem-phong-1"}
    answer = client.post(f"{PAGE}/{transfer.id}/niem-phong", data=seal)

    session.refresh(transfer)
    assert (answer.status_code, transfer.state) == (303, TransferState.PACKED)
    assert transfer.parcel is not None
    page = client.get(PAGE).text
    assert "/mot-cua/tui/moi?den=desk" in page
    assert f'name="parcel_code" value="{transfer.parcel.code}"' in page  # its label is printed, not written by hand
    label = client.post("/mot-cua/nhan/mot-nhan.pdf", data={"parcel_code": transfer.parcel.code})
    assert label.mimetype == "application/pdf"


def test_a_seal_that_is_none_is_refused_at_its_field(session: UnitOfWork, sideways: Desks) -> None:
    transfer, client = received(session, sideways.way), sideways.as_here()

    answer = client.post(f"{PAGE}/{transfer.id}/niem-phong", data={"seal_number": "?"})

    assert (answer.status_code, 'id="seal_number-error"' in answer.text) == (422, True)


def test_both_desks_see_what_is_on_the_way_and_when_it_comes(session: UnitOfWork, sideways: Desks) -> None:
    make_round(session, (sideways.way.here, "07:30"), (sideways.way.other, "09:15"), code="TX-9")
    under_way(session, sideways)

    for client in (sideways.as_here(), sideways.as_there()):
        page = client.get(PAGE).text
        assert "dự kiến đến 09:15" in page
        assert "TX-9" in page
        assert "Trễ xe" in page  # the pages' clock is two days later


def test_the_other_desk_opens_and_counts(session: UnitOfWork, sideways: Desks) -> None:
    parcel = packed(session, sideways.way)
    carried(session, sideways.way, parcel)
    client, post = sideways.as_there(), make_staff(session, Role.COUNTER, office=sideways.way.hub)
    post.password_hash = password_hash()
    session.flush()
    assert f"/mot-cua/dem/{parcel.code}" in client.get(PAGE).text
    assert f"/mot-cua/dem/{parcel.code}" in client.get("/mot-cua/").text

    counts = {f"paper_{paper.line}": paper.count for paper in parcel.papers}
    answer = client.post(f"/mot-cua/dem/{parcel.code}", data=counts | signed_by(post))

    session.refresh(sideways.way.road.dossier)
    assert (answer.status_code, sideways.way.road.dossier.state) == (303, DossierState.IN_PROCESS)
    assert str(sideways.way.road.dossier.code) in client.get("/mot-cua/").text


def signed_by(account: StaffAccount) -> dict[str, str]:
    return {"other_name": account.username, "other_password": PASSWORD, "operation": "op-dem-1"}


def test_what_was_short_is_taken_in_when_it_is_found(session: UnitOfWork, sideways: Desks) -> None:
    parcel = packed(session, sideways.way)
    carried(session, sideways.way, parcel)
    count_papers(session, counting_there(sideways.way, parcel, counts={1: 0, 3: 2}))
    transfer, client = transfer_of(session, sideways.way), sideways.as_there()
    assert "Đếm thiếu" in client.get(PAGE).text

    client.post(f"{PAGE}/{transfer.id}/da-du")

    session.refresh(sideways.way.road.dossier)
    assert sideways.way.road.dossier.state == DossierState.IN_PROCESS
    assert "Đếm thiếu" not in client.get(PAGE).text


def test_a_result_is_sent_back_to_the_desk_that_received_the_dossier(session: UnitOfWork, sideways: Desks) -> None:
    parcel = packed(session, sideways.way)
    carried(session, sideways.way, parcel)
    count_papers(session, counting_there(sideways.way, parcel))
    result, client = decided(session, sideways.way), sideways.as_there()
    assert result.code in client.get(PAGE).text

    page = client.post(f"{PAGE}/tra-ve", data={"parcel": result.code}, follow_redirects=True).text

    assert transfer_of(session, sideways.way).to_desk_id == sideways.way.road.world.desk.id
    assert "Trả kết quả về nơi nhận hồ sơ" in page


def test_an_overdue_dossier_reminds_its_owner_of_the_apology(session: UnitOfWork, vertical: Desks) -> None:
    vertical.way.road.dossier.due_on = None
    transfer = received(session, vertical.way)
    transfer.dossier.due_on = transfer.dossier.due_on or vertical.way.road.world.slot.day
    session.flush()

    page = vertical.as_here().get("/mot-cua/").text

    assert "chỉ được hẹn lại một lần" in page


def test_a_desk_neither_sees_nor_packs_what_another_sends(session: UnitOfWork, sideways: Desks) -> None:
    transfer, client = received(session, sideways.way), sideways.as_there()

    assert str(transfer.dossier.code) not in client.get(PAGE).text
    assert client.get(f"{PAGE}/{transfer.id}/niem-phong").status_code == 404
    assert client.post(f"{PAGE}/{transfer.id}/gui-di").status_code == 404


def test_what_came_longer_than_a_week_ago_is_found_behind_the_day_and_can_still_be_opened(
    session: UnitOfWork, sideways: Desks
) -> None:
    parcel = packed(session, sideways.way)
    carried(session, sideways.way, parcel)
    transfer = transfer_of(session, sideways.way)
    assert transfer.arrived_at is not None
    transfer.arrived_at -= timedelta(days=9)
    session.flush()
    client, way_in = sideways.as_there(), f"/mot-cua/dem/{parcel.code}"
    day = client.get(PAGE).text
    assert way_in not in day
    assert f"{PAGE}/truoc-day" in day
    assert way_in in client.get(f"{PAGE}/truoc-day").text
    assert client.get(f"{PAGE}/truoc-day?trang=99").status_code == 200


def test_a_transfer_that_was_called_off_says_why(session: UnitOfWork, sideways: Desks) -> None:
    received(session, sideways.way)
    dossier = sideways.way.road.dossier
    dossier_steps.move(session, dossier, DossierState.RESULT_RETURNED, by="partner:1", at=COUNTED_AT, now=COUNTED_AT)
    for client in (sideways.as_here(), sideways.as_there()):
        assert "Không chuyển nữa. Hồ sơ: đã trả kết quả" in client.get(f"{PAGE}/truoc-day").text

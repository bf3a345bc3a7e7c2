"""Claims on the screen: the office that answers confirms against its slips or dismisses; the coordinator after two hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import at
from app.domain.custody import Holder
from app.domain.identity import Role
from app.domain.standing import OFFICE_ALONE
from app.models import Claim, Office, Parcel, ServiceRequest
from app.queries.attention import tasks
from app.queries.custody import quarantine
from app.queries.desks.day_book import Why, office_books
from app.unit_of_work import UnitOfWork
from app.web.session import init_context
from tests.app.services.sync.street import K, Street, make_street
from tests.app.services.sync.test_strangers import guessed
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import TODAY, Place
from tests.factories import KEYS, make_staff
from tests.factories import operations as say

PATH = "/buu-cuc/tin-bao"
NOW = at(TODAY, time(8, 30))


def tell(session: UnitOfWork, parcels: Sequence[Parcel], place: Place, before: timedelta = timedelta(0)) -> Street:
    """A phone of another office says that it took these out of this office's safe."""
    street = make_street(session)
    street.later(minutes=(NOW - before - street.now) / timedelta(minutes=1))
    said = say.handed_over([parcel.code for parcel in parcels], place.road.safe, street.road.courier)
    street.record(K.HANDED_OVER, said)
    street.send()
    return street


@pytest.fixture(autouse=True)
def _same_keys(flask_app: Flask) -> None:
    """The page opens what the phone has sealed."""
    init_context(flask_app, replace(flask_app.extensions["tannha"], keys=KEYS))


@pytest.fixture
def parcels(at_counter: Place, session: UnitOfWork) -> list[Parcel]:
    found = guessed(session, at_counter.road, 2)
    tell(session, found, at_counter)
    return found


def claims(session: UnitOfWork) -> list[Claim]:
    return list(session.scalars(select(Claim).order_by(Claim.id)))


def test_the_counter_confirms_those_that_a_slip_bears_out_and_dismisses_the_rest(
    at_counter: Place, session: UnitOfWork, parcels: list[Parcel]
) -> None:
    one, other = (next(claim for claim in claims(session) if claim.code == parcel.code) for parcel in parcels)
    page = at_counter.client.get(f"{PATH}/{one.id}").text
    assert all(parcel.code in page for parcel in parcels)
    path = f"{PATH}/{one.id}"

    assert at_counter.client.post(path, data={"do": "confirm", "claims": [one.id]}).status_code == 303
    assert [parcel.holder for parcel in parcels] == [Holder.COURIER, Holder.OFFICE_SAFE]

    assert 'id="note-error"' in at_counter.client.post(path, data={"do": "dismiss"}).text
    assert at_counter.client.post(path, data={"do": "dismiss", "note": "Còn trong tủ"}).status_code == 303
    assert (session.get_one(Claim, one.id).confirmed, session.get_one(Claim, other.id).confirmed) == (True, False)
    assert [parcel.holder for parcel in parcels] == [Holder.COURIER, Holder.OFFICE_SAFE]
    assert "Không có tin báo nào chờ xem" in at_counter.client.get(PATH).text
    assert other.note == "Còn trong tủ"


def test_one_press_confirms_all_that_the_slips_bear_out(
    at_counter: Place, session: UnitOfWork, parcels: list[Parcel]
) -> None:
    path = f"{PATH}/{claims(session)[0].id}"
    assert 'id="claims-error"' in at_counter.client.post(path, data={"do": "confirm"}).text
    assert at_counter.client.post(path, data={"do": "all"}).status_code == 303
    assert {parcel.holder for parcel in parcels} == {Holder.COURIER}


def test_what_is_reported_is_marked_on_the_office_s_lists_and_keeps_its_day_open(
    at_counter: Place, session: UnitOfWork, parcels: list[Parcel]
) -> None:
    board = at_counter.client.get("/buu-cuc/").text
    assert "2 tin báo chưa xác nhận" in board
    assert board.count("Có tin báo, chưa xác nhận") == len(parcels)
    book = office_books(session, at_counter.road.world.office.id, TODAY)[0]
    assert {(fault.parcel_code, fault.why) for fault in book.faults} == {(one.code, Why.CLAIM) for one in parcels}


def test_another_office_neither_sees_nor_settles_it(
    at_counter: Place, session: UnitOfWork, parcels: list[Parcel], sign_in: SignIn
) -> None:
    path = f"{PATH}/{claims(session)[0].id}"
    sign_in(
        make_staff(session, Role.OFFICE_MANAGER, office=session.get_one(Office, claims(session)[0].courier.office_id))
    )
    assert at_counter.client.get(path).status_code == 404
    assert at_counter.client.post(path, data={"do": "all"}).status_code == 404
    assert parcels[0].code not in at_counter.client.get(PATH).text
    assert {parcel.holder for parcel in parcels} == {Holder.OFFICE_SAFE}


def test_the_coordinator_sees_what_its_office_left_lying_for_two_hours(
    at_counter: Place, session: UnitOfWork, parcels: list[Parcel], sign_in: SignIn
) -> None:
    client: FlaskClient = at_counter.client
    sign_in(make_staff(session, Role.COORDINATOR))
    path = f"/dieu-phoi/tin-bao/{claims(session)[0].id}"
    assert client.get(path).status_code == 404
    assert parcels[0].code not in client.get("/dieu-phoi/tin-bao").text

    for claim in claims(session):
        claim.received_at -= OFFICE_ALONE
    session.flush()

    assert f'href="{path}"' in client.get("/dieu-phoi/tin-bao").text
    assert {task.claim_id for task in tasks(session, TODAY, NOW) if task.kind == "claim"} == {claims(session)[0].id}
    assert client.post(path, data={"do": "dismiss", "note": "Bưu cục nghỉ; phong bì còn trong tủ"}).status_code == 303


def test_it_is_not_also_a_task_of_the_claimant_s_office(session: UnitOfWork, parcels: list[Parcel]) -> None:
    assert parcels
    assert quarantine.unclear(session) == []
    assert quarantine.how_many(session) == 0


def test_the_citizen_reads_that_a_report_is_being_checked_and_until_when(
    at_counter: Place, session: UnitOfWork, parcels: list[Parcel]
) -> None:
    row: ServiceRequest = parcels[0].dossier.request
    page = at_counter.client.get(f"/theo-doi/{row.tracking_token}")
    assert "Có một tin báo chưa xác nhận" in page.text
    at_counter.client.post(f"{PATH}/{claims(session)[0].id}", data={"do": "dismiss", "note": "Còn trong tủ"})
    assert "tin báo chưa xác nhận" not in at_counter.client.get(f"/theo-doi/{row.tracking_token}").text

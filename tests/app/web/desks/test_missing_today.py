"""The desk's first page begins with what is missing today, each with what can be done about it."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from app.domain.custody import Holder
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState
from app.domain.incident import IncidentKind, Verdict
from app.domain.parcel import ParcelPurpose
from app.models import Desk, Incident, Parcel
from app.services.custody.incidents import close_incident, open_incident
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import Place
from tests.app.web.desks.test_refusing import PAPERS
from tests.factories import make_desk
from tests.factories.custody import (
    AT_THE_DOOR,
    accepted,
    collected,
    counting,
    handing,
    make_road,
    next_dossier_code,
    packing,
)  # fmt: skip
from tests.factories.custody import at_desk as sealed_here

LATER = AT_THE_DOOR + timedelta(hours=5)


def missing(place: Place) -> str:
    """What stands before the figures of the day."""
    text = unescape(place.client.get("/mot-cua/").text)
    return text[: text.index("Sắp được giao đến")]


def test_a_desk_that_lacks_nothing_is_told_so_first(at_desk: Place) -> None:
    assert "Hôm nay không thiếu gì" in missing(at_desk)


def test_an_envelope_sealed_on_an_earlier_day_and_not_here_stands_first(at_desk: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_desk.road)
    text = missing(at_desk)
    assert ("Đã niêm phong tại nhà, chưa về đây: 1" in text, parcel.code in text) == (True, True)


def test_the_office_whose_courier_has_it_is_called(at_desk: Place, session: UnitOfWork) -> None:
    at_desk.road.world.office.phone = "02693888111"
    collected(session, at_desk.road)
    assert 'href="tel:02693888111"' in missing(at_desk)


def test_what_lies_in_the_safe_next_door_is_fetched_with_one_button(at_desk: Place, session: UnitOfWork) -> None:
    road = at_desk.road
    hand_over(session, handing(road, [collected(session, road)], road.courier, road.safe))
    session.get_one(Desk, road.world.desk.id).office_id = road.world.office.id
    session.flush()
    assert f"/mot-cua/giao-nhan?chieu=in&ben=office_safe:{road.world.office.id}" in missing(at_desk)


def test_an_envelope_of_this_morning_is_not_missed_yet(at_desk: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_desk.road)
    session.get_one(Parcel, parcel.id).created_at += timedelta(days=3)
    session.flush()
    assert "Hôm nay không thiếu gì" in missing(at_desk)


def test_a_lost_envelope_is_named_as_lost(at_desk: Place, session: UnitOfWork) -> None:
    session.get_one(Parcel, collected(session, at_desk.road).id).holder = Holder.LOST
    session.flush()
    assert "Đã báo mất" in missing(at_desk)


@pytest.fixture
def lost(at_desk: Place, session: UnitOfWork) -> Incident:
    """An envelope is reported lost; nobody has closed that yet."""
    parcel, office = collected(session, at_desk.road), at_desk.road.world.office.id
    return open_incident(
        session, kind=IncidentKind.LOST, parcel_code=parcel.code, office_id=office, by="staff:1", now=LATER
    )


def give_up(session: UnitOfWork, lost: Incident) -> None:
    close_incident(session, lost.id, Verdict.LOST, "không tìm thấy", "staff:1", LATER)


def test_a_lost_envelope_stays_while_its_papers_are_wanted(at_desk: Place, session: UnitOfWork, lost: Incident) -> None:
    give_up(session, lost)
    assert lost.parcel_code in missing(at_desk)


def test_a_lost_envelope_leaves_the_list_when_its_papers_have_come_another_way(
    at_desk: Place, session: UnitOfWork, lost: Incident
) -> None:
    give_up(session, lost)
    at_desk.client.post(
        f"/mot-cua/ho-so/{at_desk.road.dossier.id}/tiep-nhan", data={"dossier_code": next_dossier_code()}
    )
    assert at_desk.road.dossier.state == DossierState.ACCEPTED
    assert lost.parcel_code not in missing(at_desk)


@pytest.mark.parametrize("closed", [False, True])
def test_a_lost_envelope_of_a_dossier_that_ended_stays_as_long_as_somebody_looks_for_it(
    at_desk: Place, session: UnitOfWork, lost: Incident, *, closed: bool
) -> None:
    at_desk.road.dossier.state = DossierState.REFUSED
    if closed:
        give_up(session, lost)
    session.flush()
    assert (lost.parcel_code in missing(at_desk)) is not closed


def test_an_envelope_lost_between_two_desks_is_missed_until_the_dossier_is_decided(
    at_desk: Place, session: UnitOfWork, lost: Incident
) -> None:
    give_up(session, lost)
    session.scalars(select(Parcel)).one().purpose = ParcelPurpose.TRANSFER
    listed = []
    for state in (DossierState.IN_PROCESS, DossierState.FINISHED):
        at_desk.road.dossier.state = state
        session.flush()
        listed.append(lost.parcel_code in missing(at_desk))
    assert listed == [True, False]


def test_papers_that_are_wanted_wait_for_the_desks_word(at_desk: Place) -> None:
    at_desk.client.post(f"/mot-cua/tu-choi/{at_desk.road.dossier.id}", data=PAPERS)
    text = missing(at_desk)
    assert ("Chờ người dân bổ sung: 1" in text, f"/mot-cua/ho-so/{at_desk.road.dossier.id}" in text) == (True, True)


def test_a_dossier_counted_without_a_number_is_missed(at_desk: Place, session: UnitOfWork) -> None:
    count_papers(session, counting(at_desk.road, sealed_here(session, at_desk.road), dossier_code=None, due_on=None))
    assert "Đã đếm, chưa tiếp nhận: 1" in missing(at_desk)


def test_a_dossier_without_a_due_date_is_missed(at_desk: Place, session: UnitOfWork) -> None:
    count_papers(session, counting(at_desk.road, sealed_here(session, at_desk.road), due_on=None))
    assert "Chưa ghi ngày hẹn trả: 1" in missing(at_desk)


def test_the_date_of_a_dossier_for_another_desk_begins_when_it_is_sent_on(at_desk: Place, session: UnitOfWork) -> None:
    count_papers(session, counting(at_desk.road, sealed_here(session, at_desk.road), due_on=None))
    at_desk.road.dossier.competent_desk = make_desk(session)
    session.flush()
    assert "Chưa ghi ngày hẹn trả" not in missing(at_desk)


def test_a_result_that_nobody_fetched_is_missed_the_next_day(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    result = result_ready(session, packing(at_desk.road))
    text = missing(at_desk)
    assert ("Kết quả chưa được lấy: 1" in text, result.code in text) == (True, True)


def test_a_result_that_came_back_to_the_desk_waits_for_the_citizen_and_not_for_the_post(
    at_desk: Place, session: UnitOfWork
) -> None:
    accepted(session, at_desk.road)
    result_ready(session, packing(at_desk.road))
    at_desk.road.delivery.state = ErrandState.RETURNED
    session.flush()
    assert "Kết quả chưa được lấy" not in missing(at_desk)


@pytest.mark.parametrize("what", ["papers", "envelope"])
def test_another_desks_gaps_are_not_shown(at_desk: Place, session: UnitOfWork, what: str) -> None:
    other = make_road(session, desk=make_desk(session))
    if what == "papers":
        other.dossier.state = DossierState.PAPERS_WANTED
        session.flush()
    else:
        collected(session, other)
    assert "Hôm nay không thiếu gì" in missing(at_desk)


def test_a_long_list_shows_the_oldest_and_counts_the_rest(at_desk: Place, session: UnitOfWork) -> None:
    codes = [collected(session, make_road(session, at_desk.road.world)).code for _ in range(14)]
    text = missing(at_desk)
    assert (sum(code in text for code in codes), "Còn 2 hồ sơ nữa như vậy" in text) == (12, True)

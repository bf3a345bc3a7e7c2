"""A bag on the screen: closed at the counter, opened at the desk, its manifest on paper."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.custody import Holder
from app.domain.identity import Role
from app.models import Bag, Incident, Parcel, StaffAccount
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import PASSWORD, Place
from tests.factories import make_office, make_staff
from tests.factories.custody import accepted, collected, handing, make_road, packing


def in_the_safe(session: UnitOfWork, place: Place, number: int = 1) -> list[Parcel]:
    parcels = []
    for _ in range(number):
        road = make_road(session, place.road.world)
        parcels.append(collected(session, road))
        hand_over(session, handing(road, parcels[-1:], road.courier, road.safe))
    session.flush()
    return parcels


def close(place: Place, parcels: list[Parcel], other: StaffAccount, **given: str) -> TestResponse:
    data = {
        "operation": "op-dong-tui-1",
        "destination": f"desk:{place.road.world.desk.id}",
        "codes": " ".join(parcel.code for parcel in parcels),
        "seal_number": "TUI0001",
        "other_name": other.username,
        "other_password": PASSWORD,
    }
    return place.client.post("/buu-cuc/tui/moi", data={**data, **given})


def opening(client: FlaskClient, bag: Bag, parcels: list[Parcel], other: StaffAccount, **given: str) -> TestResponse:
    data = {
        "operation": "op-mo-tui-1",
        "codes": " ".join(parcel.code for parcel in parcels),
        "seal": "whole",
        "other_name": other.username,
        "other_password": PASSWORD,
    }
    return client.post(f"/mot-cua/tui/{bag.code}", data={**data, **given})


def the_bag(session: Session) -> Bag:
    return session.scalars(select(Bag)).one()


def test_a_bag_is_closed_and_shown_with_its_manifest(at_counter: Place, session: UnitOfWork) -> None:
    parcels = in_the_safe(session, at_counter, 2)

    answer = close(at_counter, parcels, at_counter.courier)

    bag = the_bag(session)
    assert answer.status_code == 303
    page = at_counter.client.get(answer.headers["Location"]).text
    assert all(parcel.code in page for parcel in parcels)
    assert bag.code in at_counter.client.get("/buu-cuc/tui/").text
    assert at_counter.client.get(f"/buu-cuc/tui/{bag.code}/ban-ke.pdf").data.startswith(b"%PDF")
    assert 'name="seal"' not in page  # it is not for this place to open


def test_what_is_wrong_with_a_bag_stands_at_its_field(at_counter: Place, session: UnitOfWork) -> None:
    parcels = in_the_safe(session, at_counter)
    for given, field in (
        ({"destination": ""}, "destination"),
        ({"seal_number": "?"}, "seal_number"),
        ({"codes": "RT123456785VN"}, "codes"),
        ({"other_password": "sai"}, "other_password"),
    ):
        answer = close(at_counter, parcels, at_counter.courier, **given)
        assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert session.scalars(select(Bag)).all() == []


def test_the_desk_opens_it_and_a_missing_envelope_is_an_incident(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    here, gone = in_the_safe(session, at_counter, 2)
    close(at_counter, [here, gone], at_counter.courier)
    bag = the_bag(session)
    sign_in(at_counter.clerk)
    assert 'name="seal"' in at_counter.client.get(f"/mot-cua/tui/{bag.code}").text

    answer = opening(at_counter.client, bag, [here], at_counter.counter)

    assert answer.status_code == 303
    assert [session.get_one(Parcel, one.id).holder for one in (here, gone)] == [Holder.DESK, Holder.BAG]
    assert session.scalars(select(Incident.parcel_code)).all() == [gone.code]
    assert "thiếu 1" in at_counter.client.get("/mot-cua/tui/").text
    assert "Thiếu" in at_counter.client.get(f"/mot-cua/tui/{bag.code}").text


def test_the_seal_must_be_looked_at(at_counter: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    parcels = in_the_safe(session, at_counter)
    close(at_counter, parcels, at_counter.courier)
    sign_in(at_counter.clerk)

    answer = opening(at_counter.client, the_bag(session), parcels, at_counter.counter, seal="")

    assert (answer.status_code, 'id="seal-error"' in answer.text) == (422, True)


def test_others_bags_are_not_shown(at_counter: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    close(at_counter, in_the_safe(session, at_counter), at_counter.courier)
    bag = the_bag(session)
    sign_in(make_staff(session, Role.COUNTER, office=make_office(session)))

    for path in (f"/buu-cuc/tui/{bag.code}", f"/buu-cuc/tui/{bag.code}/ban-ke.pdf"):
        assert at_counter.client.get(path).status_code == 404
    assert bag.code not in at_counter.client.get("/buu-cuc/tui/").text


# -- where the bag goes


def test_where_the_envelopes_here_are_bound_for_stands_first_and_is_chosen(
    at_counter: Place, session: UnitOfWork
) -> None:
    in_the_safe(session, at_counter, 2)
    page = at_counter.client.get("/buu-cuc/tui/moi").text
    assert "2 phong bì ở đây gửi đến đó" in page
    assert f'name="destination" value="desk:{at_counter.road.world.desk.id}" checked' in page


def test_a_result_of_another_offices_door_is_bound_for_that_office(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    far = make_office(session)
    at_desk.road.delivery.office_id = far.id
    session.flush()
    result_ready(session, packing(at_desk.road))
    assert f'name="destination" value="office_safe:{far.id}" checked' in at_desk.client.get("/mot-cua/tui/moi").text


def test_another_place_is_found_by_its_name_without_accents(at_counter: Place, session: UnitOfWork) -> None:
    far = make_office(session, name="Bưu cục Đường Xa Thử")
    close(
        at_counter, in_the_safe(session, at_counter), at_counter.courier, destination="other", elsewhere="duong xa thu"
    )
    assert (the_bag(session).to_holder, the_bag(session).to_id) == (Holder.OFFICE_SAFE, str(far.id))


def test_a_name_that_several_places_bear_is_asked_for_again(at_counter: Place, session: UnitOfWork) -> None:
    for number in (1, 2):
        make_office(session, name=f"Bưu cục Đường Xa {number}")
    answer = close(
        at_counter, in_the_safe(session, at_counter), at_counter.courier, destination="other", elsewhere="đường xa"
    )
    assert (answer.status_code, "Có 2 nơi mang tên như vậy" in answer.text) == (422, True)


def test_a_place_that_nobody_knows_is_refused_at_its_field(at_counter: Place, session: UnitOfWork) -> None:
    given = {"destination": "other", "elsewhere": "chẳng ở đâu"}
    answer = close(at_counter, in_the_safe(session, at_counter), at_counter.courier, **given)
    assert (answer.status_code, 'id="elsewhere-error"' in answer.text) == (422, True)

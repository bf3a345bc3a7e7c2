"""The second signature belongs to the place: every postal role of another office is refused, every one of here is heard."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.domain.custody import Holder
from app.domain.identity import Role
from app.models import Bag, CustodyEvent, Desk, Parcel, StaffAccount
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import Place, password_hash
from tests.app.web.desks.test_bags import close, in_the_safe, opening, the_bag
from tests.app.web.desks.test_counting import count
from tests.factories import make_courier, make_staff, make_world
from tests.factories.custody import at_desk as brought_to_desk
from tests.factories.custody import collected
from tests.factories.world import World

POSTAL = (Role.COURIER, Role.COUNTER, Role.OFFICE_MANAGER)


def person(session: UnitOfWork, world: World, role: Role) -> StaffAccount:
    if role is Role.COURIER:
        account = session.get_one(StaffAccount, make_courier(session, office=world.office).staff_account_id)
    else:
        account = make_staff(session, role, office=world.office)
    account.password_hash = password_hash()
    session.flush()
    return account


def events(session: UnitOfWork) -> int:
    return session.scalar(select(func.count()).select_from(CustodyEvent)) or 0


@pytest.mark.parametrize("role", POSTAL)
def test_nobody_of_another_office_watches_an_opening(at_desk: Place, session: UnitOfWork, role: Role) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    before = events(session)
    answer = count(at_desk, parcel, other_name=person(session, make_world(session), role).username)
    assert answer.status_code == 422
    assert "thuộc nơi khác" in answer.text
    assert events(session) == before


@pytest.mark.parametrize("role", POSTAL)
def test_anybody_of_the_office_beside_the_desk_watches_an_opening(
    at_desk: Place, session: UnitOfWork, role: Role
) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    watching = person(session, at_desk.road.world, role)
    assert count(at_desk, parcel, other_name=watching.username).status_code == 303


def test_the_courier_who_brought_it_from_elsewhere_watches_its_opening(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    at_desk.road.world.courier.office_id = make_world(session).office.id  # moved to another office since
    session.flush()
    assert count(at_desk, parcel, other_name=at_desk.courier.username).status_code == 303


def test_an_envelope_is_not_given_to_a_courier_of_another_office(at_counter: Place, session: UnitOfWork) -> None:
    parcel = in_the_safe(session, at_counter)[0]
    stranger = person(session, make_world(session), Role.COURIER)
    answer = at_counter.hand_over("/buu-cuc", [parcel], stranger, direction="out")
    assert (answer.status_code, 'id="other_name-error"' in answer.text) == (422, True)
    assert session.get_one(Parcel, parcel.id).holder is Holder.OFFICE_SAFE


def test_what_a_courier_of_another_office_brings_is_taken_in(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    at_counter.road.world.courier.office_id = make_world(session).office.id
    session.flush()
    assert at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier).status_code == 303


def test_an_envelope_is_not_given_to_a_desk_of_another_commune(at_counter: Place, session: UnitOfWork) -> None:
    parcel = in_the_safe(session, at_counter)[0]
    clerk = make_staff(session, Role.DESK_CLERK, desk=make_world(session).desk, password_hash=password_hash())
    assert at_counter.hand_over("/buu-cuc", [parcel], clerk, direction="out").status_code == 422


def test_an_envelope_is_given_to_the_desk_it_is_bound_for_wherever_that_is(
    at_counter: Place, session: UnitOfWork
) -> None:
    parcel = in_the_safe(session, at_counter)[0]
    elsewhere = make_world(session).desk
    clerk = make_staff(session, Role.DESK_CLERK, desk=elsewhere, password_hash=password_hash())
    parcel.dossier.desk = session.get_one(Desk, elsewhere.id)
    session.flush()
    assert at_counter.hand_over("/buu-cuc", [parcel], clerk, direction="out").status_code == 303


@pytest.mark.parametrize("role", POSTAL)
def test_nobody_of_another_office_watches_a_bag_being_closed(
    at_counter: Place, session: UnitOfWork, role: Role
) -> None:
    answer = close(at_counter, in_the_safe(session, at_counter), person(session, make_world(session), role))
    assert (answer.status_code, "thuộc nơi khác" in answer.text) == (422, True)
    assert session.scalars(select(Bag)).all() == []


@pytest.mark.parametrize("role", POSTAL)
def test_nobody_of_a_third_office_watches_a_bag_being_opened(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn, role: Role
) -> None:
    parcels = in_the_safe(session, at_counter)
    close(at_counter, parcels, at_counter.courier)
    sign_in(at_counter.clerk)
    answer = opening(at_counter.client, the_bag(session), parcels, person(session, make_world(session), role))
    assert (answer.status_code, "thuộc nơi khác" in answer.text) == (422, True)
    assert the_bag(session).opened_at is None


def test_who_comes_with_the_bag_watches_it_being_opened(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    parcels = in_the_safe(session, at_counter)
    there = make_world(session)
    close(at_counter, parcels, at_counter.courier, destination=f"desk:{there.desk.id}")
    sign_in(there.clerk)
    answer = opening(at_counter.client, the_bag(session), parcels, at_counter.courier)
    assert answer.status_code == 303

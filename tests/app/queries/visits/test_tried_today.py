"""What was recorded today stays recorded on today's list, whatever was arranged for another day since."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.clock import local_day
from app.domain.errand import ErrandState
from app.models import Errand, OutcomeCode
from app.queries.planning.route_progress import progress_of
from app.queries.visits.bundle import bundle
from app.schemas.bundle import Installation, bundle_json
from app.services.booking.slots import open_slots
from app.services.staff import number_blocks
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, bring_result, make_street
from tests.factories import KEYS
from tests.factories import operations as say


def told(street: Street) -> dict[str, Any]:
    rows = bundle(street.session, street.road.world.courier.id, local_day(street.now), street.now)
    spare = number_blocks.reserve(street.session, street.device.id, street.now)
    return bundle_json(rows, spare, Installation(street.now, KEYS.greeting, "a key of tests", 5_000_000))


def door(street: Street) -> tuple[dict[str, Any], dict[str, Any]]:
    (stop,) = told(street)["stops"]
    (errand,) = stop["errands"]
    return stop, errand


def storm(street: Street) -> Errand:
    """A delivery that the weather kept from its door: the post gives it the next open slot at once."""
    bring_result(street)
    street.record(K.NOT_DONE, say.not_done("WEATHER"), street.road.delivery)
    assert street.one()["result"] == "applied"
    return street.road.delivery


def test_a_visit_that_failed_today_says_so_though_it_is_booked_anew(session: UnitOfWork) -> None:
    street = make_street(session)
    errand = storm(street)
    assert errand.state is ErrandState.SCHEDULED
    _, said = door(street)
    label = session.scalars(select(OutcomeCode.label).where(OutcomeCode.code == "WEATHER")).one()
    assert (said["today"]["outcome"], said["today"]["label"]) == ("WEATHER", label)


def test_the_new_time_is_told_with_its_day(session: UnitOfWork) -> None:
    street = make_street(session)
    errand = storm(street)
    assert errand.slot is not None
    stop, said = door(street)
    assert stop["window"] is None
    assert said["again"]["starts_at"] == errand.slot.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_visit_that_was_done_says_so_without_a_reason(session: UnitOfWork) -> None:
    street = make_street(session)
    street.collect()
    street.send()
    _, said = door(street)
    assert (said["today"]["outcome"], said["today"]["label"], said["again"]) == ("DONE", None, None)


def test_a_try_of_another_day_is_not_one_of_today(session: UnitOfWork) -> None:
    street = make_street(session)
    bring_result(street)
    assert door(street)[1]["today"] is None


def moved_on(street: Street) -> None:
    errand = street.road.collection
    errand.slot_id = open_slots(street.session, street.road.world.unit.code, street.now)[-1].id
    street.session.flush()
    street.session.refresh(errand)


def test_a_visit_moved_to_another_day_before_anybody_came_has_left_today(session: UnitOfWork) -> None:
    street = make_street(session)
    street.road.collection.state = ErrandState.SCHEDULED
    moved_on(street)
    assert door(street)[1]["again"] is not None
    (route,) = progress_of(session, local_day(street.now))
    assert route.left == 0


def test_an_envelope_scanned_into_today_is_of_today_whatever_its_slot(session: UnitOfWork) -> None:
    street = make_street(session)
    street.road.collection.state = ErrandState.UNDER_WAY
    moved_on(street)
    assert door(street)[1]["again"] is None
    (route,) = progress_of(session, local_day(street.now))
    assert route.left == 1


def test_the_board_and_the_phone_count_the_same_doors_left(session: UnitOfWork) -> None:
    street = make_street(session)
    storm(street)
    said = told(street)["stops"]
    open_here = [stop for stop in said if any(one["today"] is None and one["again"] is None for one in stop["errands"])]
    (route,) = progress_of(session, local_day(street.now))
    assert route.left == len(open_here) == 0

"""Proof of each visit: who is masked, what is missing is said, other screens' acts have no phone."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy.orm import Session

from app.clock import at
from app.domain.outcome import DONE
from app.models import Attempt, Run, StoredFile
from app.queries.planning.route_progress import ahead_of, progress_of
from app.queries.tracking.attempts import initials, visits_of
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import bring_result, deliver, make_street
from tests.factories import DAY, make_courier, make_errand, make_world
from tests.factories.custody import AT_THE_DOOR
from tests.factories.phone import make_device
from tests.factories.route import make_route


def test_a_collection_shows_envelope_seal_both_clocks_and_files_that_have_not_come(session: UnitOfWork) -> None:
    street = make_street(session)
    written = street.collect(seal="TNSEALTHU1")
    street.send()
    session.expire_all()
    (visit,) = visits_of(session, [street.road.collection])[street.road.collection.id]
    assert visit.label is None
    assert [seal for _code, seal in visit.parcels] == ["TNSEALTHU1"]
    assert visit.phone_at == written.header.moment()
    assert visit.pending
    for kept in street.phone.files.values():
        session.add(StoredFile(sha256=kept.sha256, state="stored", sealed_size=1, started_at=street.now))
    session.flush()
    (visit,) = visits_of(session, [street.road.collection])[street.road.collection.id]
    assert not visit.pending
    assert len(visit.files) == len(street.phone.files)


def test_who_received_is_masked(session: UnitOfWork) -> None:
    street = make_street(session)
    code = bring_result(street)
    deliver(street, code, receiver_name="Nguyễn Văn Thử", receiver_relation="family")
    street.send()
    session.expire_all()
    (visit,) = visits_of(session, [street.road.delivery])[street.road.delivery.id]
    assert visit.receiver is not None
    assert (visit.receiver.initials, visit.receiver.relation) == ("N. V. T.", "family")
    assert visit.code == "code_not_confirmed"
    assert initials("") == ""


def test_doors_ahead_shrink_as_the_phone_tells(session: Session) -> None:
    world = make_world(session)
    courier = make_courier(session, office=world.office)
    first, second = (make_errand(session, office=world.office) for _ in range(2))
    make_route(session, courier, DAY, [[first], [second]])
    make_device(session, courier, last_contact_at=AT_THE_DOOR)
    ahead = ahead_of(session, second, DAY)
    assert ahead is not None
    assert (ahead.stops, ahead.started, ahead.heard_at) == (1, False, AT_THE_DOOR)
    first.state = first.state.DONE
    session.flush()
    ahead = ahead_of(session, second, DAY)
    assert ahead is not None
    assert ahead.stops == 0
    assert ahead_of(session, first, DAY) is None
    assert ahead_of(session, second, DAY + timedelta(days=1)) is None


def test_the_next_door_alone_hears_about_how_long_from_the_last_act_and_the_planned_way(session: Session) -> None:
    world = make_world(session)
    courier = make_courier(session, office=world.office)
    first, second = (make_errand(session, office=world.office) for _ in range(2))
    route = make_route(session, courier, DAY, [[first], [second]])
    began = at(DAY, time(9, 30))
    session.add(Run(route_id=route.id, courier_id=courier.id, started_at=began))
    session.flush()
    next_door, door_after = ahead_of(session, first, DAY), ahead_of(session, second, DAY)
    assert next_door is not None
    assert door_after is not None
    assert next_door.arrives_at == began + timedelta(minutes=10)
    assert door_after.arrives_at is None
    acted = at(DAY, time(10))
    session.add(
        Attempt(
            errand_id=first.id, number=1, outcome=DONE, outcome_version=1, courier_id=courier.id, occurred_at=acted,
            received_at=acted, operation_id="op-1", evidence={},
        )
    )  # fmt: skip
    session.flush()
    now_next = ahead_of(session, second, DAY)
    assert now_next is not None
    assert now_next.arrives_at == acted + timedelta(minutes=10)


def test_a_door_that_was_tried_is_done_for_the_day_even_when_it_is_booked_anew(session: UnitOfWork) -> None:
    street = make_street(session)
    (before,) = progress_of(session, DAY)
    street.collect()
    street.send()
    (after,) = progress_of(session, DAY)
    assert (before.done, before.left, before.last) == (0, 1, None)
    assert (after.done, after.left) == (1, 0)
    assert after.last is not None
    assert after.last.label is None

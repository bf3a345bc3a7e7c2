"""Honest work stays as smooth as it was: covers, changed plans, swapped phones, late uploads make no claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from app.domain.custody import Holder, Party
from app.domain.errand import ErrandState
from app.domain.operation import BlockKind
from app.domain.parcel import s10
from app.models import (
    NumberBlock,
    Parcel,
)
from app.services.messaging import handover_codes
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, codes, make_street
from tests.app.services.sync.test_strangers import claims, phone_of, victim
from tests.factories import KEYS, make_courier, make_office, make_world
from tests.factories import operations as say
from tests.factories.counter import number
from tests.factories.custody import Road, collected, make_road, result_out
from tests.factories.route import make_route
from tests.factories.times import DAY

__all__ = ["victim"]  # fixtures


def bring_all(street: Street) -> None:
    answers = street.send()
    assert all("claim" not in codes(answer) for answer in answers), answers


def test_a_colleague_s_bag_is_no_claim(street: Street, session: UnitOfWork) -> None:
    parcel = collected(session, street.road)
    other = make_courier(session, office=street.road.world.office)
    mine = phone_of(street, other)
    me = Party(Holder.COURIER, str(other.id))
    mine.record(K.HANDED_OVER, say.handed_over([parcel.code], street.road.courier, me))
    mine.record(K.HANDED_OVER, say.handed_over([parcel.code], me, street.road.safe))
    bring_all(mine)
    assert parcel.holder is Holder.OFFICE_SAFE
    assert claims(session) == []


def test_what_another_office_s_courier_gave_and_told_is_no_claim(
    street: Street, session: UnitOfWork, victim: Road
) -> None:
    """Two couriers of two offices meet on the road; the giver's phone got through first."""
    parcel = collected(session, victim)
    giver = phone_of(street, victim.world.courier)
    giver.later(minutes=10)
    giver.record(K.HANDED_OVER, say.handed_over([parcel.code], victim.courier, street.road.courier))
    bring_all(giver)
    street.later(minutes=10)
    street.record(K.HANDED_OVER, say.handed_over([parcel.code], victim.courier, street.road.courier))
    street.later(minutes=10)
    street.record(K.HANDED_OVER, say.handed_over([parcel.code], street.road.courier, street.road.safe))
    bring_all(street)
    assert (parcel.holder, claims(session)) == (Holder.OFFICE_SAFE, [])


def test_a_plan_of_another_office_gives_standing_there(session: UnitOfWork, victim: Road) -> None:
    street = make_street(session)
    make_route(session, street.road.world.courier, DAY + timedelta(days=1), [[victim.collection]])
    street.road = victim
    street.later(days=1)
    street.collect()
    answer = street.one()
    assert "claim" not in codes(answer), answer
    assert victim.collection.state is ErrandState.DONE


def test_a_door_that_was_taken_off_while_the_phone_was_offline_is_no_claim(session: UnitOfWork, victim: Road) -> None:
    street = make_street(session)
    route = make_route(session, street.road.world.courier, DAY + timedelta(days=1), [[victim.collection]])
    other = make_route(session, make_courier(session, office=victim.world.office), DAY + timedelta(days=1), [])
    for stop in list(route.stops):
        stop.route_id, stop.sequence = other.id, 1
    session.flush()
    session.expire_all()
    street.road = victim
    street.later(days=1)
    street.collect()
    assert "claim" not in codes(street.one())
    assert victim.collection.state is ErrandState.DONE


def test_a_door_whose_stop_was_deleted_is_no_claim(session: UnitOfWork, victim: Road) -> None:
    street = make_street(session)
    route = make_route(session, street.road.world.courier, DAY + timedelta(days=1), [[victim.collection]])
    for stop in list(route.stops):
        session.delete(stop)
    session.flush()
    session.expire_all()
    street.road = victim
    street.later(days=2)  # the day after counts, too
    street.collect()
    assert "claim" not in codes(street.one())


def test_a_superseded_plan_still_gives_standing(session: UnitOfWork, victim: Road) -> None:
    street = make_street(session)
    route = make_route(session, street.road.world.courier, DAY + timedelta(days=1), [[victim.collection]])
    route.plan.state = "superseded"
    session.flush()
    street.road = victim
    street.later(days=1)
    street.collect()
    assert "claim" not in codes(street.one())


def test_a_label_of_the_phone_s_own_roll_gives_standing(street: Street, session: UnitOfWork, victim: Road) -> None:
    serial = 80_000_000 + number()
    block = {"kind": BlockKind.LABEL, "first": serial, "last": serial + 9, "given_at": street.now}
    session.add(NumberBlock(device_id=street.device.id, **block))
    session.flush()
    street.road = victim
    street.collect(label=s10(serial + 3))
    assert "claim" not in codes(street.one())


def test_the_citizen_s_code_gives_standing(street: Street, session: UnitOfWork, victim: Road) -> None:
    parcel = result_out(session, victim)
    street.later(days=2)
    code = handover_codes.issue(session, victim.delivery, victim.delivery.proof, street.now, KEYS)
    make_route(session, victim.world.courier, DAY + timedelta(days=2), [[victim.delivery]])
    files = say.proof_of_delivery(street.phone.random)
    street.record(K.DELIVERED, say.delivered([parcel.code], code=code), victim.delivery, files=files)
    answer = street.one()
    assert "claim" not in codes(answer)
    assert victim.delivery.state is ErrandState.DONE


def test_a_one_person_office_with_a_swapped_phone_makes_no_claim(session: UnitOfWork) -> None:
    world = make_world(session)
    office = make_office(session, unit=world.unit)
    road = make_road(session, replace(world, office=office, courier=make_courier(session, office=office)))
    street = make_street(session, road)
    street.collect()
    code = street.phone.queue[0].payload["label"]
    second = phone_of(street, road.world.courier)
    second.later(hours=1)
    second.record(K.HANDED_OVER, say.handed_over([code], road.courier, road.safe))
    bring_all(second)  # before the first phone has told that it collected
    street.later(days=20)
    bring_all(street)
    assert claims(session) == []
    assert session.scalars(select(Parcel.holder)).all() == [Holder.OFFICE_SAFE]


def test_a_late_upload_after_access_has_expired_is_no_claim(street: Street, session: UnitOfWork) -> None:
    street.collect()
    street.device.access_until = street.now
    street.later(days=30)
    bring_all(street)
    assert claims(session) == []

"""An office's day is signed once, when it is over, chained to the day before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import end_of_day
from app.domain.errors import DomainError
from app.services.custody.digests import sign_day
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS
from tests.factories.custody import AT_THE_DOOR, at_desk, collected, make_road

TOMORROW = end_of_day(DAY)


def test_a_digest_names_every_chain_of_the_office_and_where_it_stood(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = at_desk(session, road)
    collected(session, make_road(session))  # of another office

    digest = sign_day(session, road.world.office.id, DAY, TOMORROW, KEYS)

    assert digest.heads == [{"parcel": str(parcel.id), "no": 3, "head": parcel.head_hash}]


def test_a_day_is_signed_once(session: UnitOfWork) -> None:
    road = make_road(session)
    at_desk(session, road)

    first = sign_day(session, road.world.office.id, DAY, TOMORROW, KEYS)

    assert sign_day(session, road.world.office.id, DAY, TOMORROW + timedelta(hours=1), KEYS) is first


def test_each_digest_is_chained_to_the_one_before(session: UnitOfWork) -> None:
    road = make_road(session)
    at_desk(session, road)
    office, next_day = road.world.office.id, DAY + timedelta(days=1)

    first = sign_day(session, office, DAY, TOMORROW, KEYS)
    second = sign_day(session, office, next_day, end_of_day(next_day), KEYS)

    assert (first.previous, second.previous) == ("0" * 64, first.hash)


def test_what_was_committed_while_a_day_was_signed_is_in_the_next_digest(session: UnitOfWork) -> None:
    road = make_road(session)
    collected(session, road)
    office, next_day = road.world.office.id, DAY + timedelta(days=1)
    sign_day(session, office, DAY, TOMORROW, KEYS)
    straggler = collected(session, make_road(session, road.world), now=AT_THE_DOOR + timedelta(hours=1))

    digest = sign_day(session, office, next_day, end_of_day(next_day), KEYS)

    assert str(straggler.id) in {head["parcel"] for head in digest.heads}


def refused(session: Session, office_id: int, **given: object) -> str:
    call = {"day": DAY, "now": TOMORROW, "keys": KEYS, **given}
    with pytest.raises(DomainError) as refusal:
        sign_day(session, office_id, **call)  # type: ignore[arg-type]  # one keyword is changed a test
    return refusal.value.code


def test_a_day_is_not_signed_before_it_is_over(session: Session) -> None:
    assert refused(session, make_road(session).world.office.id, now=AT_THE_DOOR) == "day_not_over"


def test_nothing_is_signed_backwards(session: UnitOfWork) -> None:
    road = make_road(session)
    at_desk(session, road)
    sign_day(session, road.world.office.id, DAY, TOMORROW, KEYS)

    assert refused(session, road.world.office.id, day=DAY - timedelta(days=1)) == "day_already_passed"

"""Rounds entered by hand: saved whole or not at all, and found for a bag by where its ends are."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.models import AuditEvent, Round
from app.queries.desks.rounds import next_ride
from tests.factories import make_desk, make_office
from tests.factories.transfers import local, make_round


def two_places(session: Session) -> tuple[Party, Party]:
    desk, office = make_desk(session), make_office(session)
    return Party(Holder.DESK, str(desk.id)), Party(Holder.OFFICE_SAFE, str(office.id))


def test_a_saved_round_is_changed_whole(session: Session) -> None:
    desk, office = two_places(session)
    number = make_round(session, (desk, "07:00"), (office, "08:00"))

    make_round(session, (office, "06:00"), (desk, "09:30"), round_id=number, code="tx-sửa", active=False)

    row = session.get_one(Round, number)
    assert (row.code, row.active) == ("TX-SỬA", False)
    assert [(call.position, call.at, call.holder) for call in row.calls] == [
        (1, "06:00", Holder.OFFICE_SAFE),
        (2, "09:30", Holder.DESK),
    ]
    assert session.scalars(select(AuditEvent.action)).all() == ["round.saved"] * 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"code": " "}, "round_code_missing"),
        ({"name": ""}, "round_name_missing"),
        ({"round_id": 999_999}, "round_unknown"),
    ],
)
def test_a_round_without_a_name_is_not_saved(session: Session, given: dict[str, Any], code: str) -> None:
    desk, office = two_places(session)
    with pytest.raises(DomainError, match=code):
        make_round(session, (desk, "07:00"), (office, "08:00"), **given)


def test_two_rounds_never_share_a_code(session: Session) -> None:
    desk, office = two_places(session)
    make_round(session, (desk, "07:00"), (office, "08:00"), code="TX-1")
    with pytest.raises(DomainError, match="round_code_taken"):
        make_round(session, (desk, "07:00"), (office, "08:00"), code="tx-1")


def test_a_van_calls_nowhere_that_nobody_knows(session: Session) -> None:
    desk, _office = two_places(session)
    with pytest.raises(DomainError) as refused:
        make_round(session, (desk, "07:00"), (Party(Holder.DESK, "999999"), "08:00"))
    assert (refused.value.code, refused.value.field) == ("call_place_unknown", "call_2_place")


def test_a_desk_that_sits_in_a_post_office_is_served_by_its_call(session: Session) -> None:
    office = make_office(session)
    inside, other = make_desk(session, office_id=office.id), make_desk(session)
    there = Party(Holder.DESK, str(other.id))
    number = make_round(session, (Party(Holder.OFFICE_SAFE, str(office.id)), "07:00"), (there, "08:00"))

    found = next_ride(session, Party(Holder.DESK, str(inside.id)), there, local(1, 6))

    assert found is not None
    assert (found[0], found[1].arrives_at) == (number, local(1, 8))


def test_a_round_that_was_stopped_promises_nothing(session: Session) -> None:
    desk, office = two_places(session)
    make_round(session, (desk, "07:00"), (office, "08:00"), active=False)

    assert next_ride(session, desk, office, local(1, 6)) is None

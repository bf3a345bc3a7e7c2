"""The card at the gate: signed, short-lived, and good for one thing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.models import Errand
from app.services.booking import rebooking
from app.services.booking.rebooking import CardState, card_token, read_card
from app.services.visits.failures import record_failure
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, NOW, make_slot
from tests.factories.custody import AT_THE_DOOR, failing, make_road

SECRET = "a secret of tests"


def token_of(errand: Errand) -> str:
    return card_token(SECRET, [errand.id], DAY)


def test_a_card_left_after_a_missed_visit_offers_a_new_time(session: UnitOfWork) -> None:
    road = make_road(session)
    record_failure(session, failing(road, errand_id=road.collection.id, now=AT_THE_DOOR))
    card = read_card(session, [SECRET], token_of(road.collection), AT_THE_DOOR)
    assert card.state is CardState.OPEN
    assert card.reference == road.request.reference
    slot = make_slot(session, road.world.unit, DAY + timedelta(days=1))
    rebooking.choose(session, card, slot.id, AT_THE_DOOR)
    assert road.collection.slot_id == slot.id
    assert road.collection.state is ErrandState.SCHEDULED


def test_before_the_phone_has_reported_nothing_can_be_chosen(session: Session) -> None:
    road = make_road(session)
    card = read_card(session, [SECRET], token_of(road.collection), NOW)
    assert card.state is CardState.UNHEARD
    assert card.choosable == []


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ErrandState.DONE, CardState.DONE),
        (ErrandState.RETURNED, CardState.RETURNED),
        (ErrandState.CANCELLED, CardState.CANCELLED),
    ],
)
def test_a_closed_errand_says_how_it_ended(session: Session, state: ErrandState, said: CardState) -> None:
    road = make_road(session)
    road.collection.state = state
    session.flush()
    assert read_card(session, [SECRET], token_of(road.collection), NOW).state is said


def test_a_changed_letter_makes_the_card_nobody_s(session: Session) -> None:
    road = make_road(session)
    token = token_of(road.collection)
    for forged in (token[:9] + ("A" if token[9] != "A" else "B") + token[10:], "x" + token, token.split(".")[0], ""):
        with pytest.raises(DomainError) as refusal:
            read_card(session, [SECRET], forged, NOW)
        assert refusal.value.code == "card_unknown"
    with pytest.raises(DomainError):
        read_card(session, ["another secret"], token, NOW)


def test_a_card_ends_thirty_days_after_its_day(session: Session) -> None:
    road = make_road(session)
    late = NOW + timedelta(days=32)
    with pytest.raises(DomainError) as refusal:
        read_card(session, [SECRET], token_of(road.collection), late)
    assert refusal.value.code == "card_expired"


def test_a_card_says_nothing_but_ids(session: Session) -> None:
    road = make_road(session)
    token = token_of(road.collection)
    assert (road.request.applicant.phone or "!") not in token
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")

"""The rules of custody: the table, the hash, the fold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.clock import LOCAL
from app.domain.custody import (
    ALLOWED,
    Act,
    Custody,
    EventBody,
    EventKind,
    Holder,
    Move,
    Party,
    canonical_json,
    check_act,
    check_handover,
    commitment,
    fold,
)
from app.domain.errors import DomainError

START = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
COURIER, OTHER = Party(Holder.COURIER, "3"), Party(Holder.COURIER, "4")
SAFE, DESK, CITIZEN = Party(Holder.OFFICE_SAFE, "1"), Party(Holder.DESK, "9"), Party(Holder.CITIZEN)
INTEGERS = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
TEXTS = st.text(alphabet=st.characters(codec="utf-8"))
KEYS = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126))
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_our_canonical_json_is_rfc_8785(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [1.5, {"a": [0.0]}, {"đ": 1}])
def test_what_the_chain_can_not_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def body(**given: Any) -> EventBody:
    defaults: dict[str, Any] = {
        "parcel_id": "p",
        "event_no": 1,
        "kind": EventKind.HANDED_OVER,
        "giver": COURIER,
        "taker": SAFE,
        "occurred_at": START,
        "received_at": START,
        "actor": "staff:1+courier:3",
        "operation_id": "op",
        "commitments": (),
        "previous": "0" * 64,
    }
    return EventBody(**{**defaults, **given})


@pytest.mark.parametrize(
    "change",
    [
        {"parcel_id": "q"},
        {"event_no": 2},
        {"kind": EventKind.RETURNED},
        {"giver": OTHER},
        {"taker": DESK},
        {"occurred_at": START + timedelta(microseconds=1)},
        {"received_at": START + timedelta(microseconds=1)},
        {"actor": "staff:2"},
        {"operation_id": "other"},
        {"commitments": ("c",)},
        {"previous": "1" * 64},
        {"device": "d"},
        {"seq": 1},
    ],
)
def test_every_field_of_an_event_is_in_its_hash(change: dict[str, Any]) -> None:
    assert body(**change).hash() != body().hash()


def test_one_instant_in_two_zones_has_one_hash() -> None:
    hanoi = START.astimezone(LOCAL)
    assert body(occurred_at=hanoi).hash() == body().hash()


def test_a_commitment_hides_the_same_fact_behind_different_salts() -> None:
    assert commitment("a", {"name": "Thử"}) != commitment("b", {"name": "Thử"})


@pytest.mark.parametrize("giver", list(Holder))
@pytest.mark.parametrize("taker", list(Holder))
def test_the_table_alone_decides_which_hand_overs_are_allowed(giver: Holder, taker: Holder) -> None:
    one, other = Party(giver, "1"), Party(taker, "2")
    if taker in ALLOWED[giver]:
        check_handover(one, one, other)
    else:
        with pytest.raises(DomainError) as refused:
            check_handover(one, one, other)
        assert refused.value.code == "handover_refused"


def test_who_does_not_hold_a_parcel_can_not_give_it() -> None:
    with pytest.raises(DomainError) as refused:
        check_handover(COURIER, OTHER, SAFE)
    assert refused.value.code == "not_the_holder"


def test_nobody_hands_over_to_oneself() -> None:
    with pytest.raises(DomainError) as refused:
        check_handover(COURIER, COURIER, COURIER)
    assert refused.value.code == "handover_to_oneself"


def act(kind: EventKind, giver: Party, taker: Party, *, late: bool = False) -> Act:
    return Act(kind, giver, taker, START, START, "staff:1", "op", late=late)


def test_an_envelope_opened_at_the_desk_stays_there() -> None:
    check_act(DESK, act(EventKind.OPENED, DESK, DESK))


def test_a_desk_opens_only_what_it_holds() -> None:
    with pytest.raises(DomainError) as refused:
        check_act(SAFE, act(EventKind.OPENED, DESK, DESK))
    assert refused.value.code == "not_the_holder"


def test_a_late_fact_is_never_refused() -> None:
    check_act(DESK, act(EventKind.HANDED_OVER, COURIER, CITIZEN, late=True))


def moves(*steps: tuple[Party, Party]) -> list[Move]:
    return [
        Move(giver, taker, START + timedelta(hours=n), "", n, n + 1, begins=n == 0)
        for n, (giver, taker) in enumerate(steps)
    ]


WAY = moves((CITIZEN, COURIER), (COURIER, SAFE), (SAFE, DESK))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whatever_order_the_phones_report_the_holder_is_the_same(order: Sequence[int]) -> None:
    assert fold(WAY[place] for place in order) == Custody(DESK, gap=False)


def test_a_missing_hand_over_is_a_gap_and_the_last_taker_still_holds() -> None:
    assert fold([WAY[0], WAY[2]]) == Custody(DESK, gap=True)


def test_a_story_that_does_not_begin_with_a_sealing_is_a_gap() -> None:
    assert fold(WAY[1:]) == Custody(DESK, gap=True)


def test_at_one_instant_the_device_s_own_order_counts() -> None:
    first = Move(CITIZEN, COURIER, START, "phone", 1, 2)
    second = Move(COURIER, SAFE, START, "phone", 2, 1, begins=False)
    assert fold([second, first]) == Custody(SAFE, gap=False)


def told_by_two(seconds: int) -> list[Move]:
    """The office's phone took the envelope that the courier's slower clock gives away only afterwards."""
    return [
        Move(CITIZEN, COURIER, START, "slow", 1, 1),
        Move(COURIER, SAFE, START + timedelta(seconds=seconds), "slow", 2, 2, begins=False),
        Move(SAFE, DESK, START + timedelta(seconds=1), "quick", 1, 3, begins=False),
    ]


def test_acts_closer_together_than_clocks_agree_are_in_the_order_of_holding() -> None:
    assert fold(told_by_two(9)) == Custody(DESK, gap=False)


@pytest.mark.parametrize("taker_s_phone", ["a", "z"])
def test_what_both_sides_tell_comes_before_what_followed_whatever_their_phones_are_called(taker_s_phone: str) -> None:
    """All at one instant: the taker's phone gives on what the giver's phone has yet to tell of."""
    colleague = Party(Holder.COURIER, "another")
    told = [
        Move(CITIZEN, COURIER, START, "m", 1, 1),
        Move(COURIER, colleague, START, "m", 2, 4, begins=False),
        Move(COURIER, colleague, START, taker_s_phone, 1, 2, begins=False),
        Move(colleague, SAFE, START, taker_s_phone, 2, 3, begins=False),
    ]
    assert fold(told) == Custody(SAFE, gap=False)


def test_acts_further_apart_are_in_the_order_of_time() -> None:
    assert fold(told_by_two(60)) == Custody(SAFE, gap=True)


def test_one_phone_s_own_acts_are_in_the_order_of_its_numbers_whatever_its_clock_said() -> None:
    moves = [
        Move(CITIZEN, COURIER, START, "phone", 1, 1),
        Move(COURIER, SAFE, START + timedelta(minutes=2), "phone", 2, 2, begins=False),
        Move(SAFE, DESK, START + timedelta(minutes=1), "phone", 3, 3, begins=False),
    ]
    assert fold(moves) == Custody(DESK, gap=False)


def test_no_events_no_custody() -> None:
    assert fold([]) is None

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import DomainError
from app.domain.outcome import Outcome, check_evidence, undeliverable
from app.domain.working_days import Calendar

ABSENT = Outcome("ABSENT", 1, ("gate_photo", "call"), counts=True, next_actor="citizen")
FRIDAY = date(2026, 12, 4)


def test_an_outcome_with_all_it_demands_is_accepted() -> None:
    check_evidence(ABSENT, frozenset({"call", "gate_photo", "note"}))


def test_the_first_thing_missing_is_named_at_its_field() -> None:
    with pytest.raises(DomainError, match="evidence_missing") as refusal:
        check_evidence(ABSENT, frozenset({"gate_photo"}))
    assert refusal.value.field == "evidence_call"


@pytest.mark.parametrize(
    ("invitations", "final"),
    [
        ([], False),
        ([FRIDAY], False),
        ([FRIDAY, FRIDAY], False),
        ([FRIDAY, date(2026, 12, 7)], False),
        ([FRIDAY, date(2026, 12, 8)], True),
        ([date(2026, 12, 8), FRIDAY], True),
    ],
)
def test_two_invitations_two_working_days_apart_are_enough(invitations: list[date], final: bool) -> None:
    assert undeliverable(invitations, Calendar()) is final


def test_a_holiday_between_two_invitations_does_not_count() -> None:
    assert not undeliverable([FRIDAY, date(2026, 12, 8)], Calendar(holidays=frozenset({date(2026, 12, 7)})))


@given(
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=6), st.dates(date(2026, 1, 1), date(2026, 12, 31))
)
def test_one_more_invitation_never_undoes_the_law(invitations: list[date], another: date) -> None:
    if undeliverable(invitations, Calendar()):
        assert undeliverable([*invitations, another], Calendar())

"""Who owns the due date at each moment, when it ends, and what its owner is reminded of."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.dossier import DossierState
from app.domain.transfer import (
    DueHint,
    DueOwner,
    SubState,
    TransferKind,
    due_day,
    due_hint,
    due_of,
    due_owner,
    implied_sub_state,
    kind_between,
)
from app.domain.working_days import Calendar

S = DossierState
PLAIN = Calendar()
HOLIDAY = Calendar(holidays=frozenset({date(2026, 12, 3)}))


@pytest.mark.parametrize(
    ("state", "between", "sent_on", "owner"),
    [
        (S.REGISTERED, True, False, DueOwner.NOBODY),
        (S.ACCEPTED, False, False, DueOwner.COMPETENT),
        (S.ACCEPTED, True, False, DueOwner.RECEIVING),
        (S.ACCEPTED, True, True, DueOwner.COMPETENT),
        (S.IN_PROCESS, True, True, DueOwner.COMPETENT),
        (S.PAPERS_WANTED, True, True, DueOwner.CITIZEN),
        (S.FEE_DUE, False, False, DueOwner.CITIZEN),
        (S.FINISHED, True, True, DueOwner.NOBODY),
        (S.REFUSED, True, False, DueOwner.NOBODY),
        (S.RESULT_RETURNED, True, True, DueOwner.NOBODY),
    ],
)
def test_one_party_owns_the_due_date(state: S, *, between: bool, sent_on: bool, owner: DueOwner) -> None:
    assert due_owner(state, between_desks=between, sent_on=sent_on) is owner


def test_published_working_days_skip_weekends_and_holidays() -> None:
    tuesday = date(2026, 12, 1)
    assert due_day(tuesday, 3, working=True, calendar=PLAIN) == date(2026, 12, 4)
    assert due_day(tuesday, 3, working=True, calendar=HOLIDAY) == date(2026, 12, 7)


def test_published_days_end_on_a_working_day() -> None:
    assert due_day(date(2026, 12, 1), 4, working=False, calendar=PLAIN) == date(2026, 12, 7)


def test_without_a_published_time_there_is_no_due_date() -> None:
    assert due_day(date(2026, 12, 1), None, working=True, calendar=PLAIN) is None


@pytest.mark.parametrize(
    ("today", "hint"),
    [
        (date(2026, 12, 3), DueHint.NONE),
        (date(2026, 12, 4), DueHint.APOLOGY),  # Friday: Monday's apology must go today
        (date(2026, 12, 6), DueHint.APOLOGY),
        (date(2026, 12, 7), DueHint.TODAY),
        (date(2026, 12, 8), DueHint.OVERDUE),
    ],
)
def test_a_desk_is_reminded_of_the_apology_before_it_is_too_late(today: date, hint: DueHint) -> None:
    assert due_hint(date(2026, 12, 7), today, PLAIN) is hint


def test_nobody_is_reminded_of_a_clock_that_stands() -> None:
    due = due_of(S.PAPERS_WANTED, date(2026, 12, 1), date(2026, 12, 9), PLAIN, between=True, sent_on=True)
    assert (due.owner, due.hint) == (DueOwner.CITIZEN, DueHint.NONE)


def test_only_a_dossier_between_two_desks_has_a_sub_state() -> None:
    assert implied_sub_state(S.ACCEPTED, between_desks=False) is None
    between = [implied_sub_state(state, between_desks=True) for state in (S.ACCEPTED, S.IN_PROCESS, S.RESULT_RETURNED)]
    assert between == [SubState.RECEIVED, SubState.IN_PROCESS, SubState.RESULT_RETURNED]


def test_upward_is_vertical_and_every_other_way_boundary_free() -> None:
    assert kind_between("commune", "province") is TransferKind.VERTICAL
    assert kind_between("commune", "commune") is TransferKind.BOUNDARY_FREE
    assert kind_between("province", "commune") is TransferKind.BOUNDARY_FREE

"""Each complaint has its clock, and whoever is complained of never answers alone."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.complaint import (
    Answerer,
    ComplaintKind,
    check_signing,
    due_of,
    is_complained_of,
)
from app.domain.errors import DomainError
from app.domain.working_days import Calendar

COURIER, MANAGER, COORDINATOR = Answerer("staff:1", 7), Answerer("staff:2", 7), Answerer("staff:3", None)
ABOUT = ["staff:1"]


def test_a_complaint_is_answered_within_working_days() -> None:
    friday = date(2026, 12, 4)
    assert due_of(ComplaintKind.LOSS, friday, Calendar()) == date(2026, 12, 18)
    assert due_of(ComplaintKind.DESK, friday, Calendar()) == date(2026, 12, 25)


@pytest.mark.parametrize(
    ("who", "office", "is_one"),
    [(COURIER, None, True), (MANAGER, 7, True), (MANAGER, 8, False), (MANAGER, None, False), (COORDINATOR, 7, False)],
)
def test_complained_of_is_who_came_and_who_works_at_the_office(who: Answerer, office: int | None, is_one: bool) -> None:
    assert is_complained_of(who, ABOUT, office) is is_one


def test_somebody_else_who_is_not_complained_of_may_sign() -> None:
    check_signing("staff:2", COORDINATOR, ABOUT, 7)


@pytest.mark.parametrize(
    ("signer", "code"),
    [
        (MANAGER, "answered_alone"),
        (Answerer("staff:9", 7), "answered_by_complained_of"),
        (COURIER, "answered_by_complained_of"),
    ],
)
def test_who_is_complained_of_never_answers_alone(signer: Answerer, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_signing("staff:2", signer, ABOUT, 7)
    assert refused.value.code == code

"""What a lost paper's household is owed, until when, and by how many hands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.errors import DomainError
from app.domain.incident import IncidentKind, Verdict
from app.domain.paper_case import CaseStep, check_step, ends_unharmed, least_amount, overdue, owed

OPENED = datetime(2026, 12, 1, 2, tzinfo=UTC)
BY: dict[CaseStep, str] = dict.fromkeys(
    [CaseStep.SEARCHED, CaseStep.CALLED, CaseStep.RECORDED, CaseStep.AGENCY_TOLD, CaseStep.DECIDED], "staff:1"
)


def test_the_citizen_is_called_within_a_day_and_paid_within_thirty() -> None:
    assert overdue(OPENED, [], OPENED + timedelta(hours=24)) == []
    assert overdue(OPENED, [], OPENED + timedelta(hours=25)) == [CaseStep.CALLED]
    late = overdue(
        OPENED,
        [step for step in CaseStep if step not in {CaseStep.PAID, CaseStep.NOT_LOST}],
        OPENED + timedelta(days=31),
    )
    assert late == [CaseStep.PAID]


def test_nothing_is_owed_once_the_paper_was_found_whole() -> None:
    assert owed([CaseStep.NOT_LOST]) == []


@pytest.mark.parametrize(
    ("step", "done", "by", "code"),
    [
        (CaseStep.PAID, BY, "staff:2", "case_step_early"),
        (CaseStep.REISSUED, {}, "staff:2", "case_step_early"),
        (CaseStep.DECIDED, {}, "staff:2", "case_step_early"),
        (CaseStep.CALLED, BY, "staff:2", "case_step_done"),
        (CaseStep.CALLED, {CaseStep.NOT_LOST: "staff:1"}, "staff:2", "case_step_done"),
        (CaseStep.AGREED, BY, "staff:1", "case_one_hand"),
    ],
)
def test_steps_have_an_order_and_money_two_hands(step: CaseStep, done: dict[CaseStep, str], by: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_step(step, done, by)
    assert refused.value.code == code


def test_another_hand_agrees() -> None:
    check_step(CaseStep.AGREED, BY, "staff:2")


def test_a_loss_is_worth_four_charges_and_damage_is_weighed() -> None:
    assert least_amount(IncidentKind.LOST, 26_000) == 104_000
    assert least_amount(IncidentKind.DAMAGED, 26_000) == 0


@pytest.mark.parametrize(
    ("kind", "verdict", "ends"),
    [
        (IncidentKind.LOST, Verdict.FOUND, True),
        (IncidentKind.NOT_RECEIVED, Verdict.STAYS, True),
        (IncidentKind.LOST, Verdict.LOST, False),
        (IncidentKind.DAMAGED, Verdict.FOUND, False),
    ],
)
def test_a_damaged_paper_is_not_made_whole_by_closing_its_incident(
    kind: IncidentKind, verdict: Verdict, ends: bool
) -> None:
    assert ends_unharmed(kind, verdict) is ends

"""Every milestone of the operators means something here."""

from __future__ import annotations

from app.domain.milestone import COLLECTION, DELIVERY, MONEY
from integrations.postal import Milestone


def test_every_milestone_of_the_operators_tables_is_followed_or_meant_to_be_shown_only() -> None:
    shown = {"draft", "created", "pickup_accepted", "return_planned", "returning", MONEY}
    known = {milestone.value for milestone in Milestone}
    assert set(COLLECTION) | set(DELIVERY) | shown == known

"""Why a visit was closed, as a partner reads it: codes of ours; words that somebody typed stay here."""

from __future__ import annotations

import pytest

from app.models import Errand
from app.schemas.answers import ErrandSchema


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (None, None),
        ("given_at_desk", "given_at_desk"),
        ("dossier_state_8", "dossier_state_8"),
        ("not_confirmed", "not_confirmed"),
        ("bà Tư báo bận", "in_words"),
        ("dossier_state_8 vì bà Tư", "in_words"),
    ],
)
def test_a_partner_is_told_a_code(kept: str | None, told: str | None) -> None:
    assert ErrandSchema(only=["close_reason"]).dump(Errand(close_reason=kept)) == {"close_reason": told}

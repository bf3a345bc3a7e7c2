from __future__ import annotations

import pytest

from app.domain.amendment import AMENDABLE, AmendableField
from app.domain.operation import OperationKind


@pytest.mark.parametrize("word", ["label", "seal", "parcel", "paper", "holder", "receipt", "cash", "amount", "code"])
def test_no_amendment_touches_where_papers_are_what_is_in_them_or_money(word: str) -> None:
    assert not any(word in field.value for field in AmendableField)


def test_only_acts_at_a_door_are_amended() -> None:
    assert set(AMENDABLE) == {OperationKind.COLLECTED, OperationKind.DELIVERED, OperationKind.NOT_DONE}

"""docs/hands.md leaves nothing out: every kind of fault and every wish of the field has a row that names its test, or says why not."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.repository.sources import ROOT

PAGE: Final = (ROOT / "docs" / "hands.md").read_text(encoding="utf-8")
FAULTS: Final = ("What the hand meets, and the test that holds it", 36)
WISHES: Final = ("What the field expects", 20)


def rows_of(title: str) -> dict[int, str]:
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return {int(number): row for number, row in re.findall(r"^\| (\d+) \| (.+) \|$", section, re.MULTILINE)}


@pytest.mark.parametrize(("title", "most"), [FAULTS, WISHES])
def test_every_row_is_there_once(title: str, most: int) -> None:
    assert list(rows_of(title)) == list(range(1, most + 1))


@pytest.mark.parametrize("title", [FAULTS[0], WISHES[0]])
def test_every_row_names_a_test_that_exists_or_says_that_it_can_not_be(title: str) -> None:
    """Paths that do not exist are found by test_documents."""
    silent = [
        number for number, row in rows_of(title).items() if not re.search(r"`tests/|\.test\.ts`|not possible", row)
    ]
    assert silent == []

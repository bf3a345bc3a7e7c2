"""docs/security.md answers every requirement of OWASP ASVS 5.0, levels 1 and 2: by a test that exists, or by a reason."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.repository.sources import ROOT

# How many requirements of levels 1 and 2 a section has; in every section they come first.
SECTIONS: Final = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
NUMBER: Final = re.compile(r"\d+\.\d+\.\d+")
ROW: Final = re.compile(
    r"^\| (?P<numbers>\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) \| (?P<what>.+) \| (?P<by>.+) \|$", re.MULTILINE
)
ROWS: Final = [
    (match["numbers"].split(", "), match["what"], match["by"])
    for match in ROW.finditer((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
]
ANSWERED: Final = [number for numbers, _, _ in ROWS for number in numbers]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_requirement_has_a_row(section: str) -> None:
    asked = [f"{section}.{number}" for number in range(1, SECTIONS[section] + 1)]
    assert [number for number in asked if number not in ANSWERED] == []


def test_no_requirement_has_two_rows() -> None:
    assert sorted(number for number in set(ANSWERED) if ANSWERED.count(number) > 1) == []


def test_every_row_names_a_test_or_gives_a_reason() -> None:
    """That the test exists is seen by test_documents."""
    silent = [
        ", ".join(numbers)
        for numbers, what, by in ROWS
        if not re.search(r"`tests/|`make check`|\breason: |\bnot applicable\b|\bas \d+\.\d+\.\d+", f"{what} {by}")
    ]
    assert silent == []

"""docs/citizens.md leaves no finding out, and each row names tests that exist."""

from __future__ import annotations

import re
from typing import Final

from tests.repository.sources import ROOT

PAGE: Final = (ROOT / "docs" / "citizens.md").read_text(encoding="utf-8")
FINDINGS: Final = [f"{kind}{n}" for kind, most in (("B", 3), ("S", 8), ("A", 15)) for n in range(1, most + 1)]
NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)`: `(test_\w+)`")
ENDS: Final = "tests/app/web/test_dead_ends.py"


def exists(path: str, name: str) -> bool:
    return f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_every_finding_has_its_row_once_with_a_test() -> None:
    rows = re.findall(r"^\| ([BSA]\d+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert [number for number, _row in rows] == FINDINGS
    assert [number for number, row in rows if not NAMED.search(row)] == []


def test_every_test_that_the_page_names_exists() -> None:
    named = NAMED.findall(PAGE) + [(ENDS, name) for name in re.findall(r"\| `(test_\w+)` \|", PAGE)]
    assert len(named) > len(FINDINGS)
    assert [f"{path}: {name}" for path, name in named if not exists(path, name)] == []

"""No review without a test."""

from __future__ import annotations

import re
from pathlib import Path

from app.texts.sync import REVIEWS


def test_every_review_has_a_test() -> None:
    told = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [code for code in REVIEWS if not re.search(rf'"{code}"', told)] == []

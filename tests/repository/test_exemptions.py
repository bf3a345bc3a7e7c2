"""Whoever asks a tool to look away says why."""

from __future__ import annotations

import re
import tokenize
from io import StringIO
from pathlib import Path

import pytest

from tests.repository.sources import name, written

EXEMPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b")
REASONED = re.compile(
    r"#\s*(?:noqa: [A-Z]+\d+(?:, ?[A-Z]+\d+)*(?: - | \(|\s+#?\s*)|type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\](?:\s+#\s+))\S.{2,}"
)


def _bare(text: str) -> list[int]:
    """The lines of a program with an exemption that names no rule, or no reason."""
    comments = (token for token in tokenize.generate_tokens(StringIO(text).readline) if token.type == tokenize.COMMENT)
    return [
        token.start[0] for token in comments if EXEMPTION.search(token.string) and not REASONED.search(token.string)
    ]


def _found(path: Path) -> list[str]:
    return [f"{name(path)}:{line}" for line in _bare(path.read_text("utf-8"))]


def test_every_exemption_names_its_rule_and_its_reason() -> None:
    assert [place for path in written(".py") for place in _found(path)] == []


@pytest.mark.parametrize(
    ("comment", "bare"),
    [
        ("# noqa", True),
        ("# noqa: S608", True),
        ("# noqa: S608, E501", True),
        ("# noqa: S608 - our own words", False),
        ("# noqa: S608 (our own words)", False),
        ("# noqa: S608, E501  our own words", False),
        ("# type: ignore", True),
        ("# type: ignore[misc]", True),
        ("# type: ignore[misc, arg-type]  # why", False),
        ("# a word about noqa", False),
    ],
)
def test_a_bare_exemption_is_found(comment: str, bare: bool) -> None:
    assert (_bare(f"x = 1  {comment}\n") == [1]) is bare

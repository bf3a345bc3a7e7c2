"""One word, one thing: a class name stands for one class in the whole house, whoever reads it."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.repository.sources import parsed, written

HOUSE = ("app", "routing", "integrations")
TWICE_ON_PURPOSE = {
    "Plan": "routing's answer in memory, and the row that keeps it: the same thing on both sides of a wall",
    "Route": "likewise",
}


def test_no_class_name_stands_for_two_things() -> None:
    assert _given_twice(path for folder in HOUSE for path in written(".py", under=folder)) == TWICE_ON_PURPOSE.keys()


def test_a_class_name_given_twice_is_found_with_or_without_its_underscore(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("class Chain: ...\n")
    (tmp_path / "two.py").write_text("def inside():\n    class _Chain: ...\n")
    assert _given_twice(tmp_path.glob("*.py")) == {"Chain"}


def _given_twice(paths: Iterable[Path]) -> set[str]:
    defined: defaultdict[str, list[str]] = defaultdict(list)
    for path in paths:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef):
                defined[node.name.strip("_")].append(f"{path}:{node.lineno}")
    return {word for word, places in defined.items() if len(places) > 1}

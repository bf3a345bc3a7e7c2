"""Files and functions stay small enough to be read, and nothing unfinished is left."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.repository.sources import functions, name, parsed, parsed_if, written

LINES_A_FILE, LINES_A_FUNCTION = 400, 50
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
SELF = "tests/repository/test_sizes.py"


def test_no_file_is_longer_than_400_lines() -> None:
    written_by_hand = (path for path in written(".py", ".ts", ".css", ".html", ".typ", ".md") if not _generated(path))
    long = {
        name(path): count for path in written_by_hand if (count := len(path.read_text().splitlines())) > LINES_A_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = {
        f"{name(path)}:{function.name}": length
        for path in written(".py")
        if not _generated(path)
        for function in functions(parsed(path))
        if (length := _length(function)) > LINES_A_FUNCTION
    }
    assert long == {}


def _generated(path: Path) -> bool:
    """Migrations are written by Alembic and only corrected by hand."""
    return name(path).startswith("migrations/versions/")


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_nothing_unfinished_is_left() -> None:
    left = [
        f"{name(path)}:{number}"
        for path in written(".py", ".ts", ".css", ".html", ".typ", ".md")
        if name(path) != SELF
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert left == []


def test_no_test_sleeps_or_is_skipped() -> None:
    refused = {"pytest.skip", "mark.skip", "mark.skipif", "mark.xfail", "pytest.importorskip", "time.sleep"}
    found = [
        f"{name(path)}:{node.lineno}"
        for path, tree in parsed_if(r"\b(?:skip|skipif|xfail|importorskip|sleep)\b", under="tests")
        if not name(path).startswith("tests/bench/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and f"{_owner(node)}.{node.attr}" in refused
    ]
    assert found == []


def _owner(node: ast.Attribute) -> str:
    value = node.value
    return value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")

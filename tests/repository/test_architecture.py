"""What docs/architecture.md says of files, functions, contracts and locks is so."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from functools import cache
from pathlib import Path

import app.services
from tests.repository.sources import ROOT, parsed

PAGE = (ROOT / "docs/architecture.md").read_text()
PLACES = re.findall(r"`([\w/.]+\.py):([\w.]+)`", PAGE)
FOLDERS = re.compile(r"^\| `(\w+(?:/|\.py))`(?:, `(\w+\.py)`)? \|", re.MULTILINE)


def test_every_function_that_the_page_names_exists() -> None:
    assert len(PLACES) > 50
    assert [f"{path}:{said}" for path, said in PLACES if said not in _defined(ROOT / path)] == []


@cache
def _defined(path: Path) -> frozenset[str]:
    """Functions, classes and tables of a module, and methods as `Class.method`."""
    if not path.is_file():
        return frozenset()
    found: set[str] = set()
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(found)


def test_every_file_and_folder_that_the_page_names_exists() -> None:
    named = {path for path in re.findall(r"`((?:app|routing|integrations|tests)/[\w/.]+)`", PAGE) if "<" not in path}
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_import_contract_is_given_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = [contract["id"] for contract in project["tool"]["importlinter"]["contracts"]]
    part = PAGE.split("<!-- contracts:begin -->")[1].split("<!-- contracts:end -->")[0]
    assert re.findall(r"^\| `([\w-]+)` \| \S", part, re.MULTILINE) == contracts


def test_every_folder_of_services_and_queries_has_a_line() -> None:
    part = PAGE.split("## Folders of services and queries")[1].split("\n## ")[0]
    services, queries = part.split("| `app/queries/` |")
    for said, folder in ((services, "app/services"), (queries, "app/queries")):
        named = {name.rstrip("/") for pair in FOLDERS.findall(said) for name in pair if name}
        there = {path.name for path in (ROOT / folder).iterdir() if not path.name.startswith("__")}
        assert named == there, folder


def test_the_order_of_locks_is_the_one_of_the_services() -> None:
    docstring = " ".join((inspect.getdoc(app.services) or "").split())
    said = re.sub(r" \([^)]*\)", "", docstring)
    order = re.search(r"^device or bag → .*$", PAGE, re.MULTILINE)
    assert order is not None
    assert order.group() in said

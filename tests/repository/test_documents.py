"""What the documents promise is there: settings, commands, targets, links, files."""

from __future__ import annotations

import re
from dataclasses import fields

from app.cli import COMMANDS
from app.config import Settings
from tests.repository.sources import ROOT, anchor_of, documents, headings, name

README = (ROOT / "README.md").read_text()
DOCUMENTS = {name(path): path.read_text() for path in documents()}
NAMES = {"environment": "TANNHA_ENV", "database_url": "DATABASE_URL", "port": "PORT"}


def test_every_setting_is_in_the_table_under_its_variable() -> None:
    table = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE))
    assert table == {NAMES.get(field.name, f"TANNHA_{field.name.upper()}") for field in fields(Settings)}


def test_every_variable_of_the_table_is_read() -> None:
    source = (ROOT / "app/config/__init__.py").read_text()
    for variable in re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE):
        assert f'"{variable}"' in source


def test_every_command_that_a_document_shows_exists() -> None:
    shown = {
        (document, command)
        for document, text in DOCUMENTS.items()
        for command in re.findall(r"\btannha ([a-z][a-z-]*)\b", re.sub(r"tannha\.\w+", "", _code(text)))
    }
    assert shown
    assert {command for _, command in shown} <= COMMANDS.keys()


def _code(text: str) -> str:
    """Only what stands in code: fenced blocks and back-quoted words."""
    fenced = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    return "\n".join([*fenced, *re.findall(r"`([^`\n]+)`", re.sub(r"```\n.*?```", "", text, flags=re.DOTALL))])


def test_every_make_target_that_a_document_shows_exists_and_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))
    shown = {target for text in DOCUMENTS.values() for target in re.findall(r"\bmake ([a-z]+)\b", _code(text))}
    assert shown <= targets
    assert {"setup", "run", "test", "check", "bench", "crash", "help"} <= targets


def test_every_link_to_a_file_leads_somewhere() -> None:
    for document, text in DOCUMENTS.items():
        folder = (ROOT / document).parent
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (folder / target).exists(), f"{document} → {target}"


def test_every_link_to_a_heading_finds_it() -> None:
    for document, text in DOCUMENTS.items():
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
            page = (ROOT / document).parent / target if target else ROOT / document
            assert anchor in {anchor_of(heading) for heading in headings(page)}, f"{document} → {target}#{anchor}"


def test_every_path_of_ours_that_a_document_names_exists() -> None:
    """In back-quotes, with a stroke in it; `<noun>`, `…`, `*` and NNNN stand for what the reader puts there."""
    for document, text in DOCUMENTS.items():
        inside = re.sub(r"```\n.*?```", "", text, flags=re.DOTALL)
        for path in re.findall(r"`((?:app|routing|integrations|migrations|tests|docs)/[\w/.-]+)(?::\w+)?`", inside):
            assert "NNNN" in path or (ROOT / path).exists() or _built(path), f"{document} → {path}"


def _built(path: str) -> bool:
    """Made by `make setup`, and kept by nobody."""
    return path.startswith("app/static/")


def test_the_lock_names_no_machine_and_pins_every_package_with_its_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    requirements = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert all(re.fullmatch(r"[\w.-]+==[\w.+!-]+( ; .*)? \\", line) for line in requirements)
    assert lock.count("--hash=sha256:") > len(requirements)
    assert not re.search(r"https?://|file://|/opt/|--index-url|--find-links", lock)

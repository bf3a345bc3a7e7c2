"""What somebody typed is shown as text: no template turns escaping off, no script of ours writes markup or runs words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.repository.sources import name, written

IN_TEMPLATES: Final = re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\(")
IN_PYTHON: Final = re.compile(
    r"\bMarkup\(|\brender_template_string\b|\bpickle\b(?!=)|\byaml\.load\b|\bxml\.(?:etree|sax|dom)\b"
)
IN_SCRIPTS: Final = re.compile(
    r"\b(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(|dangerouslySet|__proto__"
)
PLACES: Final = (
    ("templates", IN_TEMPLATES, written(".html", under="app")),
    ("python", IN_PYTHON, [*written(".py", under="app"), *written(".py", under="integrations")]),
    ("scripts", IN_SCRIPTS, written(".ts", ".tsx", under="app/frontend/src")),
)


@pytest.mark.parametrize(("unsafe", "sources"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
def test_no_source_turns_what_was_typed_into_markup_or_program(unsafe: re.Pattern[str], sources: list[Path]) -> None:
    assert sources
    found = [
        f"{name(path)}:{number}: {line.strip()}"
        for path in sources
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if unsafe.search(line)
    ]
    assert found == []

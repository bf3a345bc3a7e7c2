"""The glossary holds every noun of the database and every state, as the code and the screen say them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.domain.custody import Holder
from app.domain.errand import ErrandState, ProofKind
from app.domain.parcel import PaperForm, PaperState, ParcelPurpose
from app.models import Base
from app.texts import attention, bags, entitlements, links, messages, phones
from app.texts.names import NAMES
from app.web.navigation import ROLE_NAMES
from tests.repository.sources import ROOT, name

GLOSSARY = (ROOT / "docs/glossary.md").read_text()
STATES: Mapping[str, Mapping[Any, str]] = {
    "errand": NAMES[ErrandState],
    "holder": NAMES[Holder],
    "paper": NAMES[PaperState],
    "paper's form": NAMES[PaperForm],
    "parcel's purpose": NAMES[ParcelPurpose],
    "proof": NAMES[ProofKind],
    "dossier": links.DOSSIER_STATES,
    "entitlement": entitlements.STATES,
    "plan": attention.PLAN_STATES,
    "assignment": attention.ASSIGNMENTS,
    "message": messages.STATES,
    "outbox message": links.STATES,
    "inbox message": links.INBOX_STATES,
    "carrier order": links.ORDER_STATES,
    "refusal": links.REFUSALS,
    "incident": bags.INCIDENTS,
    "operation": phones.KINDS,
}


def test_every_table_stands_in_the_glossary_with_its_class_and_its_file() -> None:
    said = {(row[2], row[3], row[4]) for row in _rows("models")}
    assert said == set(_models())


def test_every_table_is_called_by_one_word_only() -> None:
    words = [row[0] for row in _rows("models") if row[0]]
    assert len(words) == len(set(words)), "two tables have the same Vietnamese word"
    assert all(row[1] for row in _rows("models"))


def test_every_state_is_said_as_on_the_screen() -> None:
    said = [tuple(row) for row in _rows("states")]
    shown = [
        (noun, str(getattr(value, "value", value)), word) for noun, of in STATES.items() for value, word in of.items()
    ]
    assert said == shown


def test_every_role_is_called_as_in_the_menu() -> None:
    said = {(word, role) for word, role, _ in _rows("roles")}
    assert said == {(word, role.value) for role, word in ROLE_NAMES.items()}


def test_every_file_that_the_glossary_names_exists() -> None:
    for path in re.findall(r"`((?:app|routing)/[\w/]+(?:\.py)?/?)`", GLOSSARY):
        assert (ROOT / path).exists(), path


def _models() -> Iterable[tuple[str, str, str]]:
    for mapper in Base.registry.mappers:
        model = mapper.class_
        yield model.__name__, mapper.local_table.name, name(Path(inspect.getfile(model)))  # type: ignore[attr-defined]  # each of our models is a table


def _rows(part: str) -> Iterator[list[str]]:
    """The rows of the tables between `<!-- part:begin -->` and its end, without their heads; back-quotes taken off."""
    between = GLOSSARY.split(f"<!-- {part}:begin -->")[1].split(f"<!-- {part}:end -->")[0]
    for line in between.splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and cells[0] not in {"Vietnamese", "of"} and not cells[0].startswith("---"):
            yield cells

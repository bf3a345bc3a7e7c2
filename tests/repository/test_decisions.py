"""Each decision has a page of one shape, and the index lists every page; facts of procedures are those of the data."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.repository.sources import ROOT, headings

FOLDER = ROOT / "docs/decisions"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
STATUS = re.compile(r"# \S.*\n\nStatus: (in code|partly in code|decided)\b.*")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_says_its_status_its_context_and_what_follows(page: Path) -> None:
    assert STATUS.match(page.read_text()), "the third line is 'Status: in code | partly in code | decided …'"
    _, *parts = headings(page)
    assert [part for part in parts if part in {"Context", "Decision", "Consequences"}] == parts
    assert len(parts) == 3


def test_the_index_lists_every_decision_once() -> None:
    listed = re.findall(r"^- \[([\w-]+)\]\(([\w-]+)\.md\): \S", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert all(label == target for label, target in listed)
    assert sorted(target for _, target in listed) == [page.stem for page in PAGES]


def test_the_table_of_procedures_is_that_of_the_reference_data() -> None:
    page = (ROOT / "docs/procedures.md").read_text()
    part = page.split("<!-- procedures:begin -->")[1].split("<!-- procedures:end -->")[0]
    rows = [line for line in part.splitlines() if re.match(r"\| \d", line)]
    data = json.loads((ROOT / "app/services/reference/data/procedures.json").read_text())
    assert rows == [_row(procedure) for procedure in data["procedures"]]


def _row(given: dict[str, object]) -> str:
    procedure: dict[str, object] = given
    time, sure = procedure["time"], procedure["certainty"]
    presence, fee = procedure["presence"], procedure["state_fee"]
    assert isinstance(time, dict)
    assert isinstance(sure, dict)
    assert isinstance(presence, dict)
    cells = (
        procedure["code"],
        procedure["name"],
        procedure["level"],
        "yes" if procedure["post"] else "no",
        "yes" if procedure["online"] else "no",
        presence["need"],
        "?" if time["value"] is None else f"{time['value']} {time['unit'] or '(đơn vị chưa rõ)'}",
        "?" if fee is None else f"{fee:,}",
        "O" if procedure["originals_due"] else "",
        "".join(sure[name] for name in ("papers", "presence", "time", "fee")),
    )
    return "| " + " | ".join(map(str, cells)) + " |"

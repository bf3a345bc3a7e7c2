"""Turn plain values into a PDF with typst: the sheets are in `app/documents`, their words come from here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

SHEETS = Path(__file__).parents[2] / "documents"


def typeset(sheet: str, data: Mapping[str, Any]) -> bytes:
    """Fill the sheet `<sheet>.typ`. The fonts come with the product, so that a page looks the same everywhere."""
    made = typst.compile(
        SHEETS / f"{sheet}.typ",
        root=SHEETS,
        font_paths=[SHEETS / "fonts"],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)  # one PDF, not a list of pages
    return made

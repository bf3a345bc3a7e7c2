"""The commands of docs/installing.md, as they stand there: what the page says and what the drill does can't part."""

from __future__ import annotations

import re
from typing import Final

from tests.repository.sources import ROOT

PAGE: Final = ROOT / "docs/installing.md"


def sections() -> dict[str, str]:
    """The blocks below each heading, joined, by the heading without its number."""
    parts = re.split(r"^## (?:\d+\. )?(.+)$", PAGE.read_text(), flags=re.MULTILINE)[1:]
    blocks = {
        heading: re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE) for heading, text in _pairs(parts)
    }
    return {heading: "\n".join(found) for heading, found in blocks.items() if found}


def steps() -> list[str]:
    """The numbered headings, in their order."""
    return re.findall(r"^## \d+\. (.+)$", PAGE.read_text(), re.MULTILINE)


def _pairs(parts: list[str]) -> list[tuple[str, str]]:
    return list(zip(parts[::2], parts[1::2], strict=True))

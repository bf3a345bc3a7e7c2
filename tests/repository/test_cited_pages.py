"""No file of the repository cites a page, or a section of one, that is not in it: whoever inherits the code gets its law book."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.repository.sources import ROOT, files, headings, name

SUFFIXES: Final = frozenset({
    ".py", ".md", ".ts", ".tsx", ".js", ".css", ".html", ".typ", ".toml", ".cfg", ".csv", ".sh", ".yaml", ".yml", ".json", "",
})  # fmt: skip
NOT_OURS: Final = frozenset({"package-lock.json", "requirements.lock"})
CITED: Final = re.compile(
    r"""(?<![\w./-])(?P<page>(?:[\w.-]+/|\.\./)*[\w-]+\.md)\b       # the page as it is named
    (?:[`)\]]{0,2}(?:\#[\w-]+\))?,?\s+(?:\#\s*)?                    # … and the section that may follow, on the next line, too
        (?:§\s?(?P<number>\d+)|"(?P<heading>[^"\n]{2,60})"))?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Citation:
    file: Path
    page: str
    number: str | None
    heading: str | None

    @property
    def target(self) -> Path | None:
        """As named from the top, from docs/, or from the folder of whoever cites it."""
        places = (ROOT, ROOT / "docs", self.file.parent)
        return next((path for place in places if (path := place / self.page).is_file()), None)

    def __str__(self) -> str:
        section = f" §{self.number}" if self.number else f', "{self.heading}"' if self.heading else ""
        return f"{name(self.file)}: {self.page}{section}"


def test_every_cited_page_is_in_the_repository() -> None:
    found = list(_citations())
    assert len(found) > 100
    assert sorted({str(one) for one in found if one.target is None}) == []


def test_every_cited_section_is_on_its_page() -> None:
    assert sorted({str(one) for one in _citations() if one.target is not None and not _has_section(one)}) == []


def _has_section(citation: Citation) -> bool:
    assert citation.target is not None
    there = headings(citation.target)
    if citation.number is not None:
        return any(heading.startswith(f"{citation.number}. ") for heading in there)
    return citation.heading is None or citation.heading in there


def _citations() -> Iterator[Citation]:
    for path in files():
        if path.suffix not in SUFFIXES or path.name in NOT_OURS or path.resolve() == Path(__file__).resolve():
            continue
        for cited in CITED.finditer(path.read_text(errors="replace")):
            yield Citation(path, cited["page"], cited["number"], cited["heading"])

"""Which originals must come back on the return leg (flag O: due before the result is given; docs/decisions/originals-due.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, TypeVar

from app.domain.checklist import BY_POST, ChecklistLine, Mode, papers_of_case


class PaperLine(ChecklistLine, Protocol):
    originals: int | None
    mode: str


AnyPaper = TypeVar("AnyPaper", bound=PaperLine)


def papers_due(lines: Iterable[AnyPaper], cases: Sequence[str], carried: Collection[int]) -> list[AnyPaper]:
    """Lines whose original the desk has not had yet: to be submitted, at least one original, always asked.

    Lines written for the post alone (the paper form itself) are not due: who filed online filled in the electronic one;
    nor is what a database holds (flag D).
    `carried`: the lines whose original already travelled to the desk.
    """
    return [
        line
        for line in papers_of_case(lines, cases)
        if line.mode == Mode.SUBMIT
        and (line.originals or 0) > 0
        and line.need != "if_any"
        and not line.in_database
        and BY_POST not in line.case_keys
        and line.line not in carried
    ]

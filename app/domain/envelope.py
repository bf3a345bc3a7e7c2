"""What may go into the envelope at the door: the published list, ticked line by line (docs/procedures.md, 1, 2 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.domain.checklist import ChecklistLine, Tick, check_ticks
from app.domain.commands import PaperTicked
from app.domain.errors import DomainError
from app.domain.parcel import PaperForm
from app.domain.preparing import CertifiedLine, goes_certified

MOST_COPIES = 99


class ListedPaper(ChecklistLine, CertifiedLine, Protocol): ...


def check_envelope(lines: Sequence[ListedPaper], papers: Mapping[int, PaperTicked], *, in_part: bool) -> None:
    """The ticks fit the list, the forms fit the post, and something is there to carry.

    Raises what `check_ticks` does, `certified_copy_needed`, `paper_count_wrong`, `papers_missing` or `nothing_to_carry`.
    """
    check_ticks(lines, {number: paper.tick for number, paper in papers.items()})
    for line in lines:
        _check_form(line, papers[line.line])
    missing = [number for number, paper in sorted(papers.items()) if paper.tick is Tick.MISSING]
    if missing and not in_part:
        numbers = ", ".join(map(str, missing))
        raise DomainError("papers_missing", kind="invalid", field="taken_in_part", lines=numbers)
    if not any(paper.tick is Tick.IN_ENVELOPE for paper in papers.values()):
        raise DomainError("nothing_to_carry", kind="invalid", field="papers")


def _check_form(line: ListedPaper, paper: PaperTicked) -> None:
    if paper.tick is not Tick.IN_ENVELOPE:
        return
    field = f"paper_{line.line}"
    if not 1 <= paper.count <= MOST_COPIES:
        raise DomainError("paper_count_wrong", kind="invalid", field=field, line=line.line, most=MOST_COPIES)
    if goes_certified(line) and paper.form is not PaperForm.CERTIFIED:
        raise DomainError("certified_copy_needed", kind="invalid", field=field, line=line.line)


def check_cases(questions: Sequence[Mapping[str, Any]], chosen: Sequence[str]) -> None:
    """The case comes first: every key is an option of the procedure, and one answer a question that takes one.

    Raises `case_unknown`, `case_twice` or `case_unanswered` at field `cases`.
    """
    options = {option["key"] for question in questions for option in question["options"]}
    for key in chosen:
        if key not in options:
            raise DomainError("case_unknown", kind="invalid", field="cases", case=key)
    for question in questions:
        _check_answer(question, sum(option["key"] in chosen for option in question["options"]))


def _check_answer(question: Mapping[str, Any], answers: int) -> None:
    if question["many"]:
        return
    if answers == 0:
        raise DomainError("case_unanswered", kind="invalid", field="cases", question=question["question"])
    if answers > 1:
        raise DomainError("case_twice", kind="invalid", field="cases", question=question["question"])

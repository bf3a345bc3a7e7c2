"""Which papers of the published list apply: the case first, then exactly its papers (docs/procedures.md, 1 to 4).

Law: Decision 45/2016/QĐ-TTg: the courier compares with the published list and may ask for nothing outside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar

from app.domain.errors import DomainError

BY_POST = "direct_or_post"


class Mode(StrEnum):
    SUBMIT = "submit"
    PRESENT = "present"
    DECLARE = "declare"


class Tick(StrEnum):
    """What the courier says of one line of the list."""

    IN_ENVELOPE = "in_envelope"
    LOOKED_UP = "looked_up"  # "not needed, looked up": a database holds it (flag D)
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"  # only for a line that is asked "if any"


class ChecklistLine(Protocol):
    """A required paper, as the table keeps it; `case_keys`: all of them must have been chosen."""

    @property
    def line(self) -> int: ...
    @property
    def need(self) -> str: ...
    @property
    def case_keys(self) -> Sequence[str]: ...
    @property
    def in_database(self) -> bool: ...


class CarriedLine(ChecklistLine, Protocol):
    @property
    def mode(self) -> str: ...


AnyLine = TypeVar("AnyLine", bound=ChecklistLine)
AnyCarried = TypeVar("AnyCarried", bound=CarriedLine)


def papers_of_case(lines: Iterable[AnyLine], cases: Iterable[str]) -> list[AnyLine]:
    """The lines that apply to the chosen case keys when the dossier goes by post, in the order of the published list."""
    chosen = {*cases, BY_POST}
    return sorted((line for line in lines if set(line.case_keys) <= chosen), key=lambda line: line.line)


def papers_of_envelope(lines: Iterable[AnyCarried], cases: Iterable[str]) -> list[AnyCarried]:
    """`papers_of_case` but what is only declared in the form: it is on no paper that could be put in or asked for."""
    return [line for line in papers_of_case(lines, cases) if line.mode != Mode.DECLARE]


def papers_of_visit(lines: Iterable[AnyLine], cases: Iterable[str], only: Collection[int] | None) -> list[AnyLine]:
    """`papers_of_case`; of a visit that was booked for some papers, these alone."""
    if only is None:
        return papers_of_case(lines, cases)
    return sorted((line for line in lines if line.line in only), key=lambda line: line.line)


def answered(ticks: Iterable[Tick]) -> tuple[int, int]:
    """How many lines of the list went into the envelope, of how many that had to: "3 of 4"."""
    said = list(ticks)
    given = said.count(Tick.IN_ENVELOPE)
    return given, given + said.count(Tick.MISSING)


def check_ticks(lines: Sequence[ChecklistLine], ticks: Mapping[int, Tick]) -> None:
    """Every line answered, nothing outside the list, and only allowed answers.

    Raises `paper_outside_list`, `paper_unanswered`, `paper_must_be_shown` or `paper_needed`, at field `paper_<line>`.
    """
    known = {line.line: line for line in lines}
    for number in ticks:
        if number not in known:
            raise DomainError("paper_outside_list", kind="invalid", field=f"paper_{number}", line=number)
    for line in lines:
        _check_tick(line, ticks.get(line.line))


def _check_tick(line: ChecklistLine, tick: Tick | None) -> None:
    field = f"paper_{line.line}"
    if tick is None:
        raise DomainError("paper_unanswered", kind="invalid", field=field, line=line.line)
    if tick is Tick.LOOKED_UP and not line.in_database:
        raise DomainError("paper_must_be_shown", kind="invalid", field=field, line=line.line)
    if tick is Tick.NOT_APPLICABLE and line.need != "if_any":
        raise DomainError("paper_needed", kind="invalid", field=field, line=line.line)

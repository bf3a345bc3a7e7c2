"""What a citizen puts ready for one line of the published list, as it travels: the one place that says so.

Flag C (docs/procedures.md, 2): what is shown at a desk stays with its owner, and a certified copy goes into the envelope.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from app.domain.checklist import Mode

FORM: Final = re.compile(r"(?:Tờ khai|Đơn (?:đề nghị|đăng ký))\b")
"""How the national lists name a form that is filled in by hand; nothing else on them says so."""
ON_SCREEN: Final = "điện tử"


class CertifiedLine(Protocol):
    @property
    def mode(self) -> str: ...
    @property
    def certified_by_post(self) -> bool: ...


class PreparedLine(CertifiedLine, Protocol):
    @property
    def name(self) -> str: ...
    @property
    def originals(self) -> int | None: ...
    @property
    def copies(self) -> int | None: ...
    @property
    def need(self) -> str: ...
    @property
    def in_database(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """How many of what; all zero: the published list does not say how many, or there is no paper at all (`declared`)."""

    originals: int = 0
    certified: int = 0
    copies: int = 0
    declared: bool = False  # said in the form: nothing to put ready
    looked_up: bool = False  # not needed where the agency finds it itself
    if_any: bool = False
    form: bool = False  # the courier brings an empty one


def goes_certified(line: CertifiedLine) -> bool:
    """Its owner keeps the original; only a certified copy may go into the envelope."""
    return line.certified_by_post and line.mode != Mode.DECLARE


def prepared(line: PreparedLine) -> Prepared:
    """One line of the published list, as it travels by post."""
    if line.mode == Mode.DECLARE:
        return Prepared(declared=True)
    originals, copies = line.originals or 0, line.copies or 0
    certified = 0
    if goes_certified(line):
        originals, certified, copies = 0, originals or copies or 1, 0
    return Prepared(
        originals, certified, copies, looked_up=line.in_database, if_any=line.need == "if_any", form=is_form(line)
    )


def is_form(line: PreparedLine) -> bool:
    """Is it a published form to be filled in on paper?"""
    return line.mode == Mode.SUBMIT and FORM.match(line.name) is not None and ON_SCREEN not in line.name


def to_put_ready(lines: Iterable[PreparedLine]) -> Prepared:
    """Of a whole visit: what has to lie there for certain. What may be looked up, or is asked "if any", is not counted."""
    certain = [one for one in map(prepared, lines) if not (one.looked_up or one.if_any)]
    return Prepared(
        sum(one.originals for one in certain), sum(one.certified for one in certain), sum(one.copies for one in certain)
    )

"""A dossier: the national states, the code, and who the result may go to (docs/domain.md §4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from app.domain.errors import DomainError


class DossierState(IntEnum):
    """National states [V]. A result may be picked up at 9 only; 10 only after proof of delivery."""

    REGISTERED = 1
    ACCEPTED = 2
    REFUSED = 3
    IN_PROCESS = 4
    PAPERS_WANTED = 5
    FEE_DUE = 6
    WITHDRAWN = 7
    STOPPED = 8
    FINISHED = 9
    RESULT_RETURNED = 10


REFUSABLE = frozenset({
    DossierState.REGISTERED, DossierState.ACCEPTED, DossierState.IN_PROCESS, DossierState.PAPERS_WANTED,
    DossierState.FEE_DUE,
})  # fmt: skip


DECIDING = frozenset({DossierState.ACCEPTED, DossierState.IN_PROCESS})
"""Taken in by the desk, and not ended: its due date runs."""


class RefusalState(StrEnum):
    """`PAPERS_ASKED`: no refusal, the dossier waits for more papers."""

    REQUESTED = "refusal_requested"
    REFUSED = "refused"
    BLOCKED = "refusal_blocked"
    WITHDRAWN = "refusal_withdrawn"
    PAPERS_ASKED = "papers_asked"


FINAL = frozenset({
    DossierState.REFUSED, DossierState.WITHDRAWN, DossierState.STOPPED, DossierState.RESULT_RETURNED
})  # fmt: skip


_CODE = re.compile(
    r"(?P<unit>(?:\d{3}\.\d{2}\.)?(?:\d{2}\.)?H\d{2}(?:\.\d{2,3})*)-(?P<day>\d{6})-(?P<serial>\d{4,5})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class DossierCode:
    unit: str
    day: str
    serial: str

    def __str__(self) -> str:
        return f"{self.unit}-{self.day}-{self.serial}"

    @property
    def prefix(self) -> str:
        """The unit, the province first, in the way of today: `000.00.65.H21` is `H21.65`."""
        parts = self.unit.split(".")
        province = next(place for place, part in enumerate(parts) if part.startswith("H"))
        named = [*parts[:province][::-1], *parts[province + 1 :]]
        while named and not named[-1].strip("0"):
            named.pop()
        return ".".join([parts[province], *named])

    @property
    def province(self) -> str:
        return self.prefix.partition(".")[0]


def parse_dossier_code(text: str) -> DossierCode:
    """Read `H21.65-220914-0011` or the older `000.00.65.H21-200914-0011`.

    Raises `dossier_code_malformed` (field `dossier_code`) for anything else, an impossible date included.
    """
    code = text.strip().upper()
    match = _CODE.fullmatch(code)
    if match is None or not ("01" <= match["day"][2:4] <= "12" and "01" <= match["day"][4:] <= "31"):
        raise DomainError("dossier_code_malformed", kind="invalid", field="dossier_code", given=text[:40])
    return DossierCode(match["unit"], match["day"], match["serial"])

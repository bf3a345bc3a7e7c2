"""From words to communes, for pages and API alike. Reading asks the operator's own geocoder where one is named, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.clock import local_day
from app.gateways.geocoding import NOTHING, Resolution, read_address
from app.queries.reference import serving
from app.web.session import now, settings


@dataclass(frozen=True, slots=True)
class Choice:
    """One unit the words may mean, and the old name by which it was found (or nothing)."""

    place: serving.Served
    former: str = ""

    @property
    def code(self) -> str:
        return self.place.unit.code


@dataclass(frozen=True, slots=True)
class Choices:
    """Best first; `certain`: a name is spelled as it is and everything else is clearly behind."""

    found: Sequence[Choice]
    certain: bool


def read(words: str, *, outside: bool) -> Resolution:
    """What the words may mean. `outside`: may call out, before a transaction is opened.

    Only for somebody who hands in the address of a visit and has read whom it is told: not for an address of ours that a
    program or a preview may ask.
    """
    return read_address(settings(), words, outside=outside) if words else NOTHING


def choices(session: Session, read: Resolution) -> Choices:
    former = {candidate.unit_code: candidate.matched for candidate in read.candidates if candidate.via == "former_name"}
    places = serving.served(session, [candidate.unit_code for candidate in read.candidates], local_day(now()))
    return Choices([Choice(place, former.get(place.unit.code, "")) for place in places], read.certain)

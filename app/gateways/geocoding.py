"""The operator's own geocoder, where the bundled gazetteer is not sure: off unless a setting names one (docs/operations.md).

It is told an address and nothing else, answers within three seconds or is passed over, and is left alone for a while then.
What it says is a place to be looked at: no commune is ever certain by it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from app.config import Settings
from app.gateways import geocoder
from integrations.errors import IntegrationError, Unavailable
from integrations.geocoding import Candidate, Resolution, door_words, locate, metres_between, near, resolve

__all__ = ["NOTHING", "Resolution", "asks", "door", "door_words", "read_address"]

log = logging.getLogger(__name__)

GAZETTEER: Final = "gazetteer"
NOTHING: Final = Resolution((), certain=False)
LEFT_ALONE_S: Final = 60.0
SLOW_S: Final = 2.0  # an answer that takes longer holds a place of ours that other citizens wait for
MOST_UNITS: Final = 3
FARTHEST_FROM_UNIT_M: Final = 25_000  # from the point of the unit it is said to lie in; the largest reach some 20 km

Point = tuple[float, float]
"""Longitude, latitude."""


@dataclass(slots=True)
class _LeftAlone:
    until: float = field(default=0.0)


@lru_cache(maxsize=4)
def _left_alone(_settings: Settings) -> _LeftAlone:
    return _LeftAlone()


def asks(settings: Settings) -> bool:
    """Is there a geocoder that may be asked?"""
    return settings.geocoder != GAZETTEER


def read_address(settings: Settings, words: str, *, outside: bool = True) -> Resolution:
    """The units an address may mean; by the operator's geocoder, too (`outside`), where the gazetteer is not sure.

    Calls out: not with a transaction open.
    """
    read = resolve(words)
    if read.certain or not outside or not asks(settings) or not words.strip():
        return read
    known = {candidate.unit_code for candidate in read.candidates}
    more: dict[str, Candidate] = {}
    for lon, lat in _places(settings, words):
        for unit in near(lat, lon)[:1]:
            if unit.code not in known:
                more.setdefault(unit.code, Candidate(unit.code, 0.0, "point", unit.name))
    return replace(read, candidates=(*read.candidates, *tuple(more.values())[:MOST_UNITS]))


def door(settings: Settings, address: str, unit: str, middle: Point) -> Point | None:
    """Where the geocoder thinks that a door of the unit is; None: it does not know, or knows it elsewhere.

    Calls out: not with a transaction open. `unit`: its name; `middle`: its point.
    """
    if not asks(settings) or not address.strip():
        return None
    places = _places(settings, f"{address}, {unit}, Gia Lai")
    return next((place for place in places if metres_between(place, middle) <= FARTHEST_FROM_UNIT_M), None)


def _places(settings: Settings, words: str) -> list[Point]:
    alone = _left_alone(settings)
    if time.monotonic() < alone.until:
        return []
    began = time.monotonic()
    try:
        found = locate(geocoder(settings), words)
    except IntegrationError as error:
        if isinstance(error, Unavailable):
            alone.until = time.monotonic() + LEFT_ALONE_S
        log.warning("the geocoder did not answer: %s", error.reason)
        return []
    if time.monotonic() - began > SLOW_S:
        alone.until = time.monotonic() + LEFT_ALONE_S
        log.warning("the geocoder is slow")
    return [(place.longitude, place.latitude) for place in found]

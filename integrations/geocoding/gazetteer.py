"""The gazetteer as a geopy geocoder, so that a setting swaps it for Nominatim or Pelias without another line of code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import urlsplit

from geopy.adapters import RequestsAdapter
from geopy.exc import (
    GeocoderInsufficientPrivileges,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderRateLimited,
    GeopyError,
)
from geopy.geocoders import Nominatim, Pelias
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from integrations.calls import calling
from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from integrations.geocoding.resolve import Candidate, resolve
from integrations.geocoding.units import AdminUnit, units

EARTH_RADIUS_M: Final = 6_371_008.8
FARTHEST_M: Final = 40_000
"""No place in Gia Lai is farther from its unit's point; beyond it a pin is in another province or at sea."""
TIMEOUT_S: Final = 3


class Gazetteer(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """The 135 units of Gia Lai, offline: it answers with a unit's point and opens no connection."""

    def __init__(self) -> None:
        super().__init__(scheme="https", timeout=TIMEOUT_S, user_agent="tannha")

    def geocode(
        self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """Return the unit of an address, or with `exactly_one=False` every unit it may lie in, best first.

        `raw` holds unit_code, score, via, matched and `certain`. One answer is given only when it is certain; otherwise
        None, as for an address that names nothing here. `timeout` is part of the interface and never needed.
        """
        del timeout
        resolution = resolve(query)
        places = [_location(candidate, certain=resolution.certain) for candidate in resolution.candidates]
        if exactly_one:
            return places[0] if resolution.certain else None
        return places or None

    def reverse(
        self, query: Any, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL
    ) -> Location | list[Location] | None:
        """Return the unit whose point is nearest to `query` (a geopy Point or (lat, lon)), or None beyond 40 km.

        Nearest point, not boundary: no open package has boundaries. With `exactly_one=False` the five nearest.
        """
        del timeout
        point = Point(query)
        places = [
            _location(
                Candidate(unit.code, round(max(0.0, 100 - _metres(point, unit) / 1000), 1), "point", unit.name),
                certain=False,
            )
            for unit in near(point.latitude, point.longitude)
        ]
        if not places:
            return None
        return places[0] if exactly_one else places


def near(lat: float, lon: float) -> list[AdminUnit]:
    """Return the five units whose points are nearest, in that order; none beyond 40 km. Degrees."""
    point = Point(lat, lon)
    ranked = sorted((_metres(point, unit), unit.code, unit) for unit in units())[:5]
    return [unit for metres, _, unit in ranked if metres <= FARTHEST_M]


def metres_between(place: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle metres between two places (longitude, latitude)."""
    return _great_circle(place[1], place[0], other[1], other[0])


def geocoder(name: str, url: str | None = None) -> Geocoder:
    """Return the geocoder of a setting: "gazetteer", or "nominatim" or "pelias" at `url`.

    Raises ValueError that names what to set. There is no default address: an address of a citizen goes to a service of
    the operator's own or nowhere.
    """
    if name == "gazetteer":
        return Gazetteer()
    if name not in {"nominatim", "pelias"}:
        raise ValueError(f"geocoder: {name!r} is none of gazetteer, nominatim, pelias")
    address = urlsplit(url or "")
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise ValueError(f"geocoder: {name} needs its address, such as https://geo.example.vn")
    domain = address.netloc + address.path.rstrip("/")
    kind = Nominatim if name == "nominatim" else Pelias
    return kind(domain=domain, scheme=address.scheme, user_agent="tannha", timeout=TIMEOUT_S, adapter_factory=_one_try)


def _one_try(**settings: Any) -> RequestsAdapter:
    """geopy retries and sleeps as long as Retry-After says, past its own time-out, with a citizen waiting."""
    return RequestsAdapter(max_retries=0, **settings)


def locate(service: Geocoder, address: str) -> Sequence[Location]:
    """Ask any geocoder for every place an address may be; raise Unavailable, Rejected or BadAnswer, never geopy's own.

    Errors do not repeat the address.
    """
    with calling("geocoder"):
        try:
            return service.geocode(address, exactly_one=False) or ()
        except GeopyError as error:
            raise _failure(error) from None
        except (LookupError, TypeError, ValueError, AttributeError):  # geopy reads an answer without looking at it
            raise BadAnswer("geocoder", "the answer is not what geopy knows") from None


def _failure(error: GeopyError) -> IntegrationError:
    match error:
        case GeocoderRateLimited():
            return Unavailable("geocoder", "too many questions", retry_after_s=error.retry_after)
        case GeocoderQueryError() | GeocoderInsufficientPrivileges():
            return Rejected("geocoder", type(error).__name__)
        case GeocoderParseError():
            return BadAnswer("geocoder", "the answer is not what geopy knows")
        case _:
            return Unavailable("geocoder", type(error).__name__)


def _location(candidate: Candidate, *, certain: bool) -> Location:
    unit = _by_code(candidate.unit_code)
    raw = {**asdict(candidate), "certain": certain}
    return Location(f"{unit.name}, tỉnh Gia Lai", Point(unit.lat, unit.lon), raw)


def _by_code(code: str) -> AdminUnit:
    return next(unit for unit in units() if unit.code == code)


def _metres(point: Point, unit: AdminUnit) -> float:
    """Great-circle metres: enough to tell units apart; measured kilometres are routing's business."""
    return _great_circle(unit.lat, unit.lon, point.latitude, point.longitude)


def _great_circle(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    north = math.radians(lat - other_lat)
    east = math.radians(lon - other_lon)
    middle = math.cos(math.radians(lat)) * math.cos(math.radians(other_lat))
    half = math.sin(north / 2) ** 2 + middle * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(half))

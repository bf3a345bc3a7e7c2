"""OSRM's table service as `routing.problem.TravelTimes` (https://project-osrm.org/docs: `/table/v1`).

OSRM snaps a place to the nearest road however far that is and still answers `Ok`; so the way to the road is read from every
answer, and a place beyond `most_snap_m` can't be reached by road. A place that it can snap to nothing costs the whole table
(400 `NoSegment`): it is looked for, and the others are asked anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from requests import Response

from integrations.errors import BadAnswer, Rejected
from integrations.http import OutsideService
from integrations.travel_times.kept import CachedTravelTimes

Point = tuple[float, float]
Ints = NDArray[np.int64]

UNREACHABLE: Final = 2**36  # what routing.problem calls so
NO_SEGMENT: Final = "NoSegment"
ONE_SPOT: Final = 0.000_002  # degrees; OSRM writes six decimals
LONGEST: Final = 2**31  # a second or metre count beyond this is no answer about one province


@dataclass(frozen=True, slots=True)
class Osrm:
    """Travel times by road; picklable, because a solver's child calls it.

    `urls`: the server of each profile (`{"motorbike": "http://osrm:5000"}`), for an `osrm-routed` serves one. Places are
    `(lon, lat)` in degrees. `most_places`: sources and targets of one question together; below the server's
    `--max-table-size` (100 unless told). `most_snap_m`: metres from a place to the nearest road. `folder`: where answers
    are kept by their content; None: nowhere. `data`: a name of the road data, so that new data is asked anew.
    """

    urls: Mapping[str, str]
    most_places: int = 100
    most_snap_m: float = 500.0
    folder: Path | None = None
    data: str = ""
    caller: OutsideService = field(
        default_factory=lambda: OutsideService("OSRM", read_s=30.0), repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if self.most_places < 2:  # noqa: PLR2004 (one source and one target)
            raise ValueError("most_places: at least 2")
        if not self.urls:
            raise ValueError("urls: at least one profile needs a server")

    @property
    def profiles(self) -> frozenset[str]:
        """The profiles that have a server."""
        return frozenset(self.urls)

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """Return (seconds, metres), each `(len(sources), len(targets))`; `UNREACHABLE` where no road leads.

        Raises ValueError without a server for the profile, Unavailable, Rejected (`TooBig`: raise `--max-table-size` or
        lower `most_places`) or BadAnswer.
        """
        url = self._server(profile)
        seconds = np.zeros((len(sources), len(targets)), dtype=np.int64)
        metres = np.zeros_like(seconds)
        kept = CachedTravelTimes(self.folder)
        half = self.most_places // 2
        for rows in _parts(len(sources), half):
            for columns in _parts(len(targets), self.most_places - half):
                asked = (self.data, self.most_snap_m, profile, _written(sources[rows]), _written(targets[columns]))
                part = kept.get(asked)
                if part is None:
                    part = self._ask(url, asked[3], asked[4])
                    kept.put(asked, part)
                seconds[rows, columns], metres[rows, columns] = part
        return seconds, metres

    def off_roads(self, profile: str, places: Sequence[Point]) -> list[bool]:
        """Say of each place whether it lies more than `most_snap_m` from any road. Raises as `block` does."""
        url, written = self._server(profile), list(dict.fromkeys(_written(places)))
        far: set[str] = set()
        for part in _parts(len(written), self.most_places - 1):
            far |= self._off(url, written[part])
        return [place in far for place in _written(places)]

    def line(self, profile: str, places: Sequence[Point]) -> list[Point]:
        """Return the way past these places as a line to draw, simplified for its length. Raises as `block` does."""
        raw = self._route(profile, places)
        match self._answer(raw):
            case {"routes": [{"geometry": {"coordinates": [_, _, *_] as corners}}, *_]}:
                return [self._corner(corner, raw.content) for corner in corners]
            case _:
                raise self._bad("routes", "hold no line", raw.content)

    def legs(self, profile: str, places: Sequence[Point]) -> list[list[Point]]:
        """Return the same way in parts, one from each place to the next, from road to road. Raises as `block` does.

        A part of fewer than two corners joins places that stand at one spot of the road.
        """
        raw = self._route(profile, places)
        match self._answer(raw):
            case {"routes": [{"geometry": {"coordinates": [_, _, *_] as corners}}, *_], "waypoints": [*snapped]}:
                line = [self._corner(corner, raw.content) for corner in corners]
                spots = [self._spot(one, raw.content) for one in snapped]
            case _:
                raise self._bad("routes", "hold no line past these places", raw.content)
        if len(spots) != len(places):
            raise self._bad("waypoints", "are not one a place", raw.content)
        return self._cut(line, spots, raw.content)

    def _route(self, profile: str, places: Sequence[Point]) -> Response:
        asked = {"overview": "simplified", "geometries": "geojson"}
        return self._get(f"{self._server(profile)}/route/v1/driving/{';'.join(_written(places))}", asked)

    def _spot(self, place: object, raw: bytes) -> Point:
        match place:
            case {"location": corner}:
                return self._corner(corner, raw)
            case _:
                raise self._bad("waypoints", "do not say where each place was put", raw)

    def _cut(self, line: list[Point], spots: Sequence[Point], raw: bytes) -> list[list[Point]]:
        """OSRM simplifies each part for itself, so that the spot of every place is a corner of the line."""
        cuts = [0]
        for spot in spots[1:-1]:
            found = next((at for at in range(cuts[-1], len(line)) if _at_one_spot(line[at], spot)), None)
            if found is None:
                raise self._bad("routes", "hold a line that does not pass every place", raw)
            cuts.append(found)
        cuts.append(len(line) - 1)
        return [line[start : end + 1] for start, end in pairwise(cuts)]

    def _corner(self, corner: object, raw: bytes) -> Point:
        match corner:
            case [int() | float() as lon, int() | float() as lat]:
                return float(lon), float(lat)
            case _:
                raise self._bad("routes", "hold what is no place", raw)

    def _server(self, profile: str) -> str:
        if profile not in self.urls:
            raise ValueError(f"no road server for profile {profile!r}: known are {', '.join(sorted(self.urls))}")
        return self.urls[profile].rstrip("/")

    def _off(self, url: str, places: Sequence[str]) -> set[str]:
        """Which of these the roads do not reach: read from one table; where that is refused, from its halves."""
        try:
            raw = self._call(url, places[:1], places)
        except Rejected as refusal:
            if refusal.code != NO_SEGMENT:
                raise
            half = len(places) // 2
            return self._off(url, places[:half]) | self._off(url, places[half:]) if half else set(places)
        far = self._far(self._answer(raw), "destinations", len(places), raw.content)
        return {place for place, is_far in zip(places, far, strict=True) if is_far}

    def _ask(self, url: str, sources: Sequence[str], targets: Sequence[str]) -> Ints:
        """Return seconds and metres of one table, `(2, sources, targets)`."""
        try:
            return self._table_of(url, sources, targets)
        except Rejected as refusal:
            if refusal.code != NO_SEGMENT:
                raise
        far = self._off(url, list(dict.fromkeys((*sources, *targets))))
        rows, columns = ([n for n, place in enumerate(ends) if place not in far] for ends in (sources, targets))
        table = np.full((2, len(sources), len(targets)), UNREACHABLE, dtype=np.int64)
        if rows and columns:
            known = self._table_of(url, [sources[n] for n in rows], [targets[n] for n in columns])
            table[:, np.array(rows)[:, None], np.array(columns)[None, :]] = known
        table[:, _same(sources, targets)] = 0
        return table

    def _table_of(self, url: str, sources: Sequence[str], targets: Sequence[str]) -> Ints:
        """The table as the server answers it; refused as a whole for one place that it can't put on a road."""
        raw = self._call(url, sources, targets)
        answer = self._answer(raw)
        shape = (len(sources), len(targets))
        table = np.stack([self._table(answer, name, shape, raw.content) for name in ("durations", "distances")])
        table[:, (table == UNREACHABLE).any(axis=0)] = UNREACHABLE  # no time, no distance
        table[:, self._far(answer, "sources", shape[0], raw.content), :] = UNREACHABLE
        table[:, :, self._far(answer, "destinations", shape[1], raw.content)] = UNREACHABLE
        table[:, _same(sources, targets)] = 0
        return table

    def _call(self, url: str, sources: Sequence[str], targets: Sequence[str]) -> Response:
        places = ";".join((*sources, *targets))
        first = ";".join(map(str, range(len(sources))))
        second = ";".join(str(len(sources) + index) for index in range(len(targets)))
        asked = {"sources": first, "destinations": second, "annotations": "duration,distance"}
        return self._get(f"{url}/table/v1/driving/{places}", asked)

    def _get(self, address: str, asked: Mapping[str, str]) -> Response:
        try:
            return self.caller.call("GET", address, params=asked)
        except Rejected as refusal:
            raise self._refused(refusal) from None

    def _answer(self, raw: Response) -> dict[str, Any]:
        answer = self.caller.object_of(raw)
        if answer.get("code") != "Ok":
            raise self._bad("code", "is not Ok", raw.content)
        return answer

    def _table(self, answer: Mapping[str, Any], name: str, shape: tuple[int, int], raw: bytes) -> Ints:
        rows = answer.get(name)
        if not isinstance(rows, list) or len(rows) != shape[0]:
            raise self._bad(name, "is not one row a source", raw)
        cells = [cell for row in rows if isinstance(row, list) for cell in row]
        if len(cells) != shape[0] * shape[1] or any(len(row) != shape[1] for row in rows if isinstance(row, list)):
            raise self._bad(name, "is not one column a destination", raw)
        return np.array([self._whole(cell, name, raw) for cell in cells], dtype=np.int64).reshape(shape)

    def _whole(self, cell: object, name: str, raw: bytes) -> int:
        if cell is None:
            return UNREACHABLE
        if isinstance(cell, bool) or not isinstance(cell, int | float) or not 0 <= cell < LONGEST:
            raise self._bad(name, "holds what is no time and no distance", raw)
        return round(cell)

    def _far(self, answer: Mapping[str, Any], name: str, count: int, raw: bytes) -> NDArray[np.bool_]:
        """Which of the places lie too far from any road."""
        snapped = answer.get(name)
        if not isinstance(snapped, list) or len(snapped) != count:
            raise self._bad(name, "does not say where each place was put", raw)
        return np.array([self._snap_m(one, name, raw) > self.most_snap_m for one in snapped], dtype=np.bool_)

    def _snap_m(self, place: object, name: str, raw: bytes) -> float:
        if place is None:
            return float("inf")
        metres = place.get("distance") if isinstance(place, dict) else None
        if isinstance(metres, bool) or not isinstance(metres, int | float) or metres < 0:
            raise self._bad(name, "does not say how far the road is", raw)
        return float(metres)

    def _refused(self, refusal: Rejected) -> Rejected:
        said = (refusal.said or "").lower()
        reason, code = refusal.reason, refusal.code
        if "too many" in said:
            reason, code = "the table is too big: raise --max-table-size or lower most_places", "TooBig"
        elif "matching segment" in said:
            reason, code = "a place lies off every road", NO_SEGMENT
        return Rejected(self.caller.service, reason, code=code, said=refusal.said)

    def _bad(self, name: str, why: str, raw: bytes) -> BadAnswer:
        return BadAnswer(self.caller.service, f"field {name} {why}", raw=raw)


def _parts(count: int, size: int) -> Iterator[slice]:
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


def _same(sources: Sequence[str], targets: Sequence[str]) -> NDArray[np.bool_]:
    """Who is there need not go."""
    same: NDArray[np.bool_] = np.asarray(sources)[:, None] == np.asarray(targets)[None, :]
    return same


def _at_one_spot(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < ONE_SPOT and abs(one[1] - other[1]) < ONE_SPOT


def _written(places: Sequence[Point]) -> tuple[str, ...]:
    """Six decimals are eleven centimetres: the same door is the same text."""
    return tuple(f"{lon:.6f},{lat:.6f}" for lon, lat in places)

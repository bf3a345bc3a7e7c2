"""Public instances in the VRPLIB text format: problems of ours, and their published solutions as routes of ours.

Multi-depot instances are read × 1000 and rounded ("exact"), those with windows × 10 and cut off ("dimacs"), those with
loads alone (the X set) to whole numbers, as where the best-known costs were computed. Distance is time is cost. https://pyvrp.org/v0.14/dev/supported_vrplib_fields.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.matrix import Geodesic
from routing.problem import HORIZON, Ints, Job, Problem, TravelTable, Vehicle

Floats = NDArray[np.float64]
Rounding = Callable[[Floats], Ints]


def exact(values: Floats) -> Ints:
    """Return thousandths, rounded."""
    return np.round(1000 * values).astype(np.int64)


def dimacs(values: Floats) -> Ints:
    """Return tenths, cut off."""
    return (10 * values).astype(np.int64)


def whole(values: Floats) -> Ints:
    """Return the nearest whole numbers."""
    return np.floor(values + 0.5).astype(np.int64)


ROUNDINGS: Mapping[str, tuple[Rounding, int]] = {"MDVRPTW": (exact, 1), "VRPTW": (dimacs, 10), "CVRP": (whole, 1)}
"""By the kind of instance: how ways are rounded, and by how much the cost in a solution file is multiplied then."""
SPARE = 4
"""Vehicles beyond the published routes where an instance does not say how many there are."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem whose jobs are numbered as in its solution file, the published routes by vehicle, and their cost."""

    problem: Problem
    published: Mapping[int, list[int]]
    best: int


def read(file: Path, solution: Path) -> Instance:
    """Read an instance of one or more depots, with windows or without, and its solution."""
    single, sections = _parsed(file)
    if single["TYPE"] not in ROUNDINGS:
        raise ValueError(f"{file.name}: instances of type {single['TYPE']} are not read: {', '.join(ROUNDINGS)} are")
    rounded, scale = ROUNDINGS[single["TYPE"]]
    routes = _routes(solution)
    single.setdefault("VEHICLES", str(max(routes, default=0) + 1 + SPARE))
    problem = _problem(single, sections, rounded)
    return Instance(problem, routes, _cost(solution, scale))


def _parsed(file: Path) -> tuple[dict[str, str], dict[str, Floats]]:
    single: dict[str, str] = {}
    rows: dict[str, list[list[float]]] = {}
    here = ""
    for line in file.read_text().splitlines():
        words = line.split()
        if ":" in line:
            name, value = line.split(":", 1)
            single[name.strip()] = value.strip()
        elif line.strip().endswith("_SECTION"):
            here = line.strip().removesuffix("_SECTION")
        elif words and words[0] not in {"EOF", "-1"}:
            rows.setdefault(here, []).append([float(word) for word in words])
    return single, {name: np.array(found) for name, found in rows.items()}


def _problem(single: Mapping[str, str], sections: Mapping[str, Floats], rounded: Rounding) -> Problem:
    points = sections["NODE_COORD"][:, 1:]
    ways = rounded(np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2)))
    seats = len(sections["DEPOT"])
    always = np.tile([0.0, HORIZON], (len(points), 1))
    opens = rounded(sections["TIME_WINDOW"][:, 1:]) if "TIME_WINDOW" in sections else always.astype(np.int64)
    demand = sections["DEMAND"][:, 1].astype(np.int64)
    service = rounded(
        sections["SERVICE_TIME"][:, 1]
        if "SERVICE_TIME" in sections
        else np.full(len(points), float(single.get("SERVICE_TIME", 0)))
    )
    count = int(single["VEHICLES"])
    homes = sections["VEHICLES_DEPOT"][:, 1].astype(int) - 1 if "VEHICLES_DEPOT" in sections else np.zeros(count, int)
    longest = single.get("VEHICLES_MAX_DURATION")
    bounds: dict[str, Any] = {"max_duration": int(rounded(np.array(float(longest))))} if longest else {}
    vehicles = tuple(
        Vehicle(
            number,
            start_index=int(home),
            end_index=int(home),
            capacity=(int(single["CAPACITY"]),),
            window=(int(opens[home, 0]), int(opens[home, 1])),
            **bounds,
        )
        for number, home in enumerate(homes)
    )
    jobs = tuple(
        Job(
            place,
            location_index=place,
            service=int(service[place]),
            delivery=(int(demand[place]),),
            windows=((int(opens[place, 0]), int(opens[place, 1])),),
        )
        for place in range(seats, len(points))
    )
    return Problem(vehicles, jobs, Geodesic(), "free", tables={"car": TravelTable(ways, ways, ways)})


def _routes(file: Path) -> dict[int, list[int]]:
    """The n-th route is the n-th vehicle's; visits are places, counted from 0."""
    lines = [line for line in file.read_text().splitlines() if line.startswith("Route")]
    tours = {number: [int(word) for word in line.split(":", 1)[1].split()] for number, line in enumerate(lines)}
    return {vehicle: tour for vehicle, tour in tours.items() if tour}


def _cost(file: Path, scale: int) -> int:
    (text,) = [line.replace(":", " ").split()[1] for line in file.read_text().splitlines() if line.startswith("Cost")]
    return round(float(text) * scale)

"""What is to be planned: vehicles, jobs and the travel times between them.

Units everywhere: metres, seconds, integer đồng, ``(lon, lat)`` in degrees. Times are seconds on one axis
of the caller's choice (midnight of the day, or a timestamp); both ends of a window belong to it, and a
window binds the start of service. Source: VROOM's API description (1.15), with offices, prizes, releases and onward legs added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Window = tuple[int, int]
Ints = NDArray[np.int64]
Assignment = Literal["home", "free"]

HORIZON = 2**40
"""Later than any time a plan may hold; an open window ends here."""
ALWAYS: tuple[Window, ...] = ((0, HORIZON),)
UNREACHABLE = 2**36
"""A duration or distance this long says that there is no way between two places."""


class TravelTimes(Protocol):
    """Times and distances between places, one block at a time; must be picklable (a solver child calls it)."""

    def block(self, profile: str, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Ints, Ints]:
        """Return (durations in s, distances in m), each of shape ``(len(sources), len(targets))``.

        ``profile`` names the way of moving (``car`` by default); a pair without a way has ``UNREACHABLE``.
        """
        ...


@dataclass(frozen=True, slots=True)
class TravelTable:
    """Given matrices of one profile, each ``(n, n)``: seconds, metres and, instead of both in the cost, đồng."""

    durations: Ints
    distances: Ints
    costs: Ints | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of ``service`` seconds that starts within one of ``windows``; it may interrupt a drive."""

    id: int
    windows: tuple[Window, ...] = ALWAYS
    service: int = 0
    description: str = ""
    max_load: tuple[int, ...] | None = None


def in_order(rests: Sequence[Break]) -> tuple[Break, ...]:
    """Return breaks in the order in which they are taken: by their first windows, as in VROOM."""
    return tuple(sorted(rests, key=lambda rest: (rest.windows[0], rest.id)))


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a plan made elsewhere (VROOM's ``vehicle.steps``); the bounds are on the start of service, s."""

    type: Literal["start", "job", "break", "reload", "end"]
    id: int | None = None
    service_at: int | None = None
    service_after: int | None = None
    service_before: int | None = None

    @property
    def bounds(self) -> Window:
        """The seconds within which the service is to start."""
        late = [bound for bound in (self.service_at, self.service_before) if bound is not None]
        return max(self.service_at or 0, self.service_after or 0), min(late, default=HORIZON)


@dataclass(frozen=True, slots=True)
class Job:
    """One stop at one door: a delivery (load from the office), a pickup (load to the office), or both.

    ``prize``: đồng that leaving it out costs; ``None`` makes the job mandatory whenever it can be served.
    ``release``: earliest departure (s) of the route that carries its delivery.
    ``office``: home office; ``origin``: the office where its delivery lies; ``desk``: the desk competent for its
    paper, by the numbers of ``Onward`` (without one it has no onward leg); ``movable``: another office may serve it
    under ``free``.
    ``vehicle``: the id of the only vehicle that may serve it.
    ``usual``: the ids of the vehicles whose couriers usually come there; ``stranger``: đồng that another one costs.
    """

    id: int
    location: Point | None = None
    location_index: int | None = None
    service: int = 0
    setup: int = 0
    delivery: tuple[int, ...] = ()
    pickup: tuple[int, ...] = ()
    windows: tuple[Window, ...] = ALWAYS
    skills: frozenset[int] = frozenset()
    priority: int = 0
    prize: int | None = None
    release: int | None = None
    office: int | None = None
    origin: int | None = None
    desk: int | None = None
    movable: bool = True
    vehicle: int | None = None
    usual: frozenset[int] = frozenset()
    stranger: int = 0
    description: str = ""
    service_per_type: Mapping[str, int] = field(default_factory=dict)
    setup_per_type: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A courier's shift. Costs in đồng: ``fixed`` when used, ``per_hour`` of travel, ``per_km``, ``per_task_hour``
    of setup and service. ``max_travel_time`` (s) and ``max_distance`` (m) bound the sums over a route,
    ``max_duration`` (s) the time from its start to its end, breaks and waiting included.
    ``max_trips``: how often it leaves its start, which is then its end, too, with a bag; between two trips it is there
    for ``reload`` seconds, which cost nothing.
    """

    id: int
    start: Point | None = None
    end: Point | None = None
    start_index: int | None = None
    end_index: int | None = None
    office: int | None = None
    capacity: tuple[int, ...] = ()
    skills: frozenset[int] = frozenset()
    window: Window = (0, HORIZON)
    breaks: tuple[Break, ...] = ()
    fixed: int = 0
    per_hour: int = 3600
    per_km: int = 0
    per_task_hour: int = 0
    speed_factor: float = 1.0
    profile: str = "car"
    max_tasks: int | None = None
    max_travel_time: int | None = None
    max_distance: int | None = None
    max_duration: int | None = None
    max_trips: int = 1
    reload: int = 0
    description: str = ""
    type: str = ""
    steps: tuple[PlannedStep, ...] | None = None


@dataclass(frozen=True, slots=True)
class Onward:
    """The way of a paper from the office that serves it to its competent desk (or back), per paper.

    ``distances``: metres by (serving office, desk). A pair that is missing costs nothing at the home office, and
    keeps other offices from serving the job (equal numbers mean the same house: 0 m). ``per_km``: đồng.
    """

    distances: Mapping[tuple[int, int], int]
    per_km: int = 0

    def metres(self, office: int, desk: int) -> int | None:
        """Return the metres of the onward leg, or ``None`` where there is no way."""
        return self.distances.get((office, desk), 0 if office == desk else None)

    def price(self, metres: int) -> int:
        """Return the đồng of an onward leg, rounded down."""
        return self.per_km * metres // 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """A day to plan. ``tables`` (by profile) replaces ``travel_times`` where places are given by index.

    ``assignment``: ``home``: a job is served by a vehicle of its own ``office``; ``free``: by any office, but a
    delivery stays at its ``origin``, an unmovable job at its ``office``, and a paper with a ``desk`` pays ``onward``.
    """

    vehicles: tuple[Vehicle, ...]
    jobs: tuple[Job, ...]
    travel_times: TravelTimes
    assignment: Assignment = "free"
    onward: Onward | None = None
    tables: Mapping[str, TravelTable] = field(default_factory=dict)

"""What was planned: routes with their timed steps, and a reason for every job left out.

Metres, seconds, đồng; loads per dimension. ``waiting`` precedes the start of service; ``duration`` and
``distance`` of a step are summed travel from the start of its route.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

from routing.problem import Point

Reason = Literal[
    "window",
    "shift",
    "capacity",
    "skill",
    "release",
    "locked",
    "max_tasks",
    "max_travel",
    "unreachable",
    "dearer_than_prize",
]
REASONS: tuple[str, ...] = get_args(Reason)
StepType = Literal["start", "job", "break", "reload", "end"]


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that a plan breaks: VROOM's causes (``delay``, ``lead_time``, ``load``, ``max_tasks``, ``skills``,
    ``missing_break``, ``max_travel_time``, ``max_distance``, …) plus ours; ``amount`` in s, m or units of load.
    """

    cause: str
    vehicle: int | None = None
    step: int | None = None
    job: int | None = None
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a route. Service starts at ``arrival + waiting`` (and setup, if any, before it counts within)."""

    type: StepType
    id: int | None = None
    arrival: int = 0
    waiting: int = 0
    setup: int = 0
    service: int = 0
    duration: int = 0
    distance: int = 0
    load: tuple[int, ...] = ()
    location: Point | None = None
    location_index: int | None = None
    description: str = ""

    @property
    def start(self) -> int:
        """The second at which setup and service begin."""
        return self.arrival + self.waiting

    @property
    def departure(self) -> int:
        """The second at which the courier leaves."""
        return self.arrival + self.waiting + self.setup + self.service


@dataclass(frozen=True, slots=True)
class Route:
    """One courier's day; ``duration`` is travel only, as in VROOM: the span is ``end - start``."""

    vehicle: int
    steps: tuple[Step, ...]
    cost: int = 0
    distance: int = 0
    duration: int = 0
    setup: int = 0
    service: int = 0
    waiting: int = 0
    delivery: tuple[int, ...] = ()
    pickup: tuple[int, ...] = ()
    priority: int = 0
    onward_distance: int = 0
    onward_cost: int = 0
    stranger_cost: int = 0
    office: int | None = None
    description: str = ""
    violations: tuple[Violation, ...] = ()

    @property
    def job_ids(self) -> tuple[int, ...]:
        """The jobs in the order in which they are served."""
        return tuple(step.id for step in self.steps if step.type == "job" and step.id is not None)

    @property
    def span(self) -> int:
        """Seconds from the start to the end of the route, waiting and breaks included."""
        return self.steps[-1].departure - self.steps[0].arrival if self.steps else 0


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The cheapest change that would let a stop in: ``amount`` of ``unit``, at ``cost_delta`` đồng."""

    kind: str
    amount: int
    unit: str
    cost_delta: int


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A job left out and why."""

    id: int
    reason: Reason
    relaxation: Relaxation | None = None


@dataclass(frozen=True, slots=True)
class HoursBalance:
    """How working hours were evened out within each office, and at what price.

    ``most``: the spread asked for; ``before`` and ``after``: the widest spread of an office (seconds between its
    longest and its shortest working day, breaks apart); ``offices``: how many were beyond ``most``; ``unmet``: how many
    still are. Deltas in metres and đồng, against the plan before.
    """

    most: int
    before: int
    after: int
    offices: int
    unmet: int
    distance_delta: int
    cost_delta: int


@dataclass(frozen=True, slots=True)
class Searched:
    """How long was searched: CPU seconds of all processes, and iterations of the engines that count them.

    ``startup_s``: until the first solver child was there, which counts for neither. ``settled``: the last quarter of the
    search brought next to nothing, so that more of it hardly pays; ``None`` where first routes alone were made.
    """

    cpu_s: float
    iterations: int
    startup_s: float
    settled: bool | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole day. ``cost`` is Σ of route costs; ``objective`` adds onward legs, strangers and the prizes of jobs left out."""

    routes: tuple[Route, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()
    cost: int = 0
    distance: int = 0
    duration: int = 0
    setup: int = 0
    service: int = 0
    waiting: int = 0
    delivery: tuple[int, ...] = ()
    pickup: tuple[int, ...] = ()
    prizes: int = 0
    onward_distance: int = 0
    onward_cost: int = 0
    stranger_cost: int = 0
    violations: tuple[Violation, ...] = ()
    engine: str = "insertion"
    engines: dict[str, int] = field(default_factory=dict)
    seed: int = 0
    problem_hash: str = ""
    balance: HoursBalance | None = None
    searched: Searched | None = None

    @property
    def objective(self) -> int:
        """What was minimised once as much as possible is served: routes, onward legs, strangers, prizes lost (đồng)."""
        return self.cost + self.onward_cost + self.stranger_cost + self.prizes

    @property
    def served(self) -> int:
        """How many jobs are in the plan."""
        return sum(len(route.job_ids) for route in self.routes)

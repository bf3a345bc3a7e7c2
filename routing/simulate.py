"""Drive one route in a given order and write down every step, keeping or breaking its promises."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from routing.model import RELOAD, Model, Place, load_at
from routing.plan import Step, Violation
from routing.problem import ALWAYS, UNREACHABLE, Break, Vehicle, Window
from routing.timing import breaks_of, departure_bound, first_start, loads, refills

Acts = tuple[tuple[str, int], ...]
"""The order of a route: ``("job", number in the model)``, ``("break", number among the vehicle's breaks)``, ``REFILL``."""
REFILL = ("reload", RELOAD)


ACTS = frozenset({"job", "break", "reload"})
"""The types of steps between the start and the end."""


def stops_of(acts: Acts) -> list[int]:
    """Return the jobs in order, with ``RELOAD`` where the bag is filled again."""
    return [number for kind, number in acts if kind != "break"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """When a planned route's start, its acts in order, and its end are to be (s); beside all windows, and before them."""

    start: Window
    acts: tuple[Window, ...]
    end: Window


def bounds_of(vehicle: Vehicle) -> Bounds:
    """Return the bounds that the vehicle's own steps give."""
    steps = vehicle.steps or ()
    first, last = (next((step.bounds for step in steps if step.type == kind), ALWAYS[0]) for kind in ("start", "end"))
    return Bounds(first, tuple(step.bounds for step in steps if step.type in ACTS), last)


@dataclass(slots=True)
class Drive:
    """A route as driven: its steps, what it breaks, and seconds late in all."""

    steps: list[Step] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    late: int = 0

    @property
    def end(self) -> int:
        """The second at which the route ends."""
        return self.steps[-1].departure


def acts_of(sequence: Sequence[int], gaps: Sequence[int]) -> Acts:
    """Merge jobs and the gaps that hold the breaks into one order."""
    acts: list[tuple[str, int]] = []
    for position in range(len(sequence) + 1):
        acts += [("break", number) for number, gap in enumerate(gaps) if gap == position]
        if position < len(sequence):
            j = sequence[position]
            acts.append(REFILL if j == RELOAD else ("job", j))
    return tuple(acts)


def drive_latest(model: Model, v: int, acts: Acts, bounds: Bounds | None = None) -> Drive:
    """Drive the order as it stands, leaving as late as neither its end nor its lateness suffers."""
    sequence = stops_of(acts)
    low = departure_bound(model, v, sequence)
    most = ALWAYS[0][1] if bounds is None else bounds.start[1]
    if bounds is not None:
        low = max(low, bounds.start[0])
    best = drive(model, v, acts, low, bounds)
    high = max(low, min(best.end, most))
    while low < high:
        middle = (low + high + 1) // 2
        later = drive(model, v, acts, middle, bounds)
        if later.end <= best.end and later.late <= best.late:
            low, best = middle, later
        else:
            high = middle - 1
    return best


def drive(model: Model, v: int, acts: Acts, start: int, bounds: Bounds | None = None) -> Drive:
    """Drive the order from ``start``; an act that comes too late is done at once and counted."""
    return _Driver(model, v, acts, start, bounds).run()


class _Driver:
    def __init__(self, model: Model, v: int, acts: Acts, start: int, bounds: Bounds | None) -> None:
        self.model, self.v, self.acts = model, v, acts
        self.vehicle, self.rests = model.vehicles[v], breaks_of(model, v)
        self.bounds = bounds or Bounds(ALWAYS[0], (ALWAYS[0],) * len(acts), ALWAYS[0])
        stops = stops_of(acts)
        self.loads, self.refills = loads(model, stops), refills(model, v, stops)
        self.time, self.here, self.done = start, model.start_at[v], 0
        self.duration = self.distance = 0
        self.into = 0  # seconds already driven towards the next place when a break interrupts
        self.result = Drive()

    def run(self) -> Drive:
        vehicle = self.vehicle
        self.note(Step("start", None, self.time), (vehicle.start_index, vehicle.start))
        if self.time > self.bounds.start[1]:
            self.breach("delay", self.time - self.bounds.start[1])
        for position, ((kind, number), bound) in enumerate(zip(self.acts, self.bounds.acts, strict=True)):
            if kind == "job":
                self.job(number, bound)
            elif kind == "reload":
                self.reload(bound)
            else:
                self.rest(self.rests[number], self.next_place(position), bound)
        self.finish()
        return self.result

    def finish(self) -> None:
        vehicle, (early, late) = self.vehicle, self.bounds.end
        self.travel_to(self.model.end_at[self.v])
        step = Step("end", None, self.time, max(0, early - self.time))
        self.note(step, (vehicle.end_index, vehicle.end))
        beyond = step.departure - min(vehicle.window[1], late)
        if beyond > 0:
            self.breach("delay", beyond)

    def next_place(self, position: int) -> int:
        following = next(iter(stops_of(self.acts[position:])), None)
        return self.model.end_at[self.v] if following is None else self.model.place(self.v, following)

    def travel_to(self, place: int) -> None:
        travel = self.model.travel[self.v]
        seconds = travel.seconds[self.here][place]
        self.time += seconds - self.into
        self.duration += seconds - self.into
        self.distance += travel.metres[self.here][place]
        self.here, self.into = place, 0
        if seconds >= UNREACHABLE:
            self.breach("unreachable")

    def job(self, j: int, bound: Window) -> None:
        job, before = self.model.jobs[j], self.here
        self.travel_to(self.model.at[j])
        setup, service = self.model.task(self.v, j, before)
        begin, off = _begin(job.windows, self.time, bound)
        self.done += 1
        step = Step("job", job.id, self.time, begin - self.time, setup, service, description=job.description)
        self.note(step, (job.location_index, job.location))
        self.untimely(off, job.id)
        self.time = begin + setup + service

    def reload(self, bound: Window) -> None:
        """Back at the office: leave what was picked up, and fill the bag again."""
        vehicle, windows = self.vehicle, self.refills[self.done]
        self.travel_to(self.model.start_at[self.v])
        begin, off = _begin(windows, self.time, bound)
        self.done += 1
        step = Step("reload", None, self.time, begin - self.time, 0, vehicle.reload)
        self.note(step, (vehicle.start_index, vehicle.start))
        self.untimely(off)
        self.time = begin + vehicle.reload

    def rest(self, rest: Break, towards: int, bound: Window) -> None:
        remaining = self.model.travel[self.v].seconds[self.here][towards] - self.into
        begin, off = _begin(rest.windows, self.time, bound)
        driven = min(remaining, begin - self.time)
        self.time, self.into = self.time + driven, self.into + driven
        self.duration += driven
        step = Step("break", rest.id, self.time, begin - self.time, 0, rest.service, description=rest.description)
        self.note(step, (None, None))
        self.untimely(off)
        load, limit = self.loads[self.done], rest.max_load
        if limit is not None and any(amount > load_at(limit, d) for d, amount in enumerate(load) if d < len(limit)):
            self.breach("max_load")
        self.time = begin + rest.service

    def untimely(self, off: int, job: int | None = None) -> None:
        """Note a start that is late (above 0) or early (below) on the windows."""
        if off:
            self.breach("delay" if off > 0 else "lead_time", abs(off), job)

    def note(self, step: Step, place: Place) -> None:
        index, point = place
        self.result.steps.append(
            replace(
                step,
                duration=self.duration,
                distance=self.distance,
                load=self.loads[self.done],
                location=point,
                location_index=index,
            )
        )

    def breach(self, cause: str, amount: int | None = None, job: int | None = None) -> None:
        self.result.late += amount or 0
        step = len(self.result.steps) - (cause != "unreachable")
        self.result.violations.append(Violation(cause, self.vehicle.id, step, job, amount))


def _begin(windows: Sequence[Window], arrival: int, bound: Window) -> tuple[int, int]:
    """Return (start of service, seconds late on the windows and the bound, or as a negative number early)."""
    low, high = max(arrival, bound[0]), bound[1]
    begin = first_start(windows, low)
    if begin is not None and begin <= high:
        return begin, 0
    if low > high:
        begin = low if begin is None else begin
        return begin, begin - high
    if begin is None:
        return low, low - windows[-1][1]
    # nothing but the bound keeps the service from its windows: as near to one as the bound allows
    before = max((late for _, late in windows if late < low), default=None)
    if before is not None and low - before <= begin - high:
        return low, low - before
    return high, high - begin

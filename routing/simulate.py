"""Drive one route in a given order and write down every step, keeping or breaking its promises."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from routing.model import Model, load_at
from routing.plan import Step, Violation
from routing.problem import UNREACHABLE, Break, Window
from routing.timing import breaks_of, departure_bound, first_start, loads

Acts = tuple[tuple[str, int], ...]
"""The order of a route: ``("job", number in the model)`` and ``("break", number among the vehicle's breaks)``."""


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
            acts.append(("job", sequence[position]))
    return tuple(acts)


def drive_latest(model: Model, v: int, acts: Acts) -> Drive:
    """Drive the order as it stands, leaving as late as neither its end nor its lateness suffers."""
    sequence = [number for kind, number in acts if kind == "job"]
    low = departure_bound(model, v, sequence)
    best = drive(model, v, acts, low)
    high = max(low, best.end)
    while low < high:
        middle = (low + high + 1) // 2
        later = drive(model, v, acts, middle)
        if later.end <= best.end and later.late <= best.late:
            low, best = middle, later
        else:
            high = middle - 1
    return best


def drive(model: Model, v: int, acts: Acts, start: int) -> Drive:
    """Drive the order from ``start``; an act that comes too late is done at once and counted."""
    return _Driver(model, v, acts, start).run()


class _Driver:
    def __init__(self, model: Model, v: int, acts: Acts, start: int) -> None:
        self.model, self.v, self.acts = model, v, acts
        self.vehicle, self.rests = model.vehicles[v], breaks_of(model, v)
        self.loads = loads(model, [number for kind, number in acts if kind == "job"])
        self.time, self.here, self.done = start, model.start_at[v], 0
        self.duration = self.distance = 0
        self.into = 0  # seconds already driven towards the next place when a break interrupts
        self.result = Drive()

    def run(self) -> Drive:
        self.note(Step("start", None, self.time, load=self.loads[0]), self.here)
        for position, (kind, number) in enumerate(self.acts):
            if kind == "job":
                self.job(number)
            else:
                self.rest(self.rests[number], self.next_place(position))
        self.travel_to(self.model.end_at[self.v])
        late = self.time - self.vehicle.window[1]
        self.note(Step("end", None, self.time), self.model.end_at[self.v])
        if late > 0:
            self.breach("delay", late)
        return self.result

    def next_place(self, position: int) -> int:
        following = (number for kind, number in self.acts[position:] if kind == "job")
        number = next(following, None)
        return self.model.end_at[self.v] if number is None else self.model.at[number]

    def travel_to(self, place: int) -> None:
        travel = self.model.travel[self.v]
        seconds = travel.seconds[self.here][place]
        self.time += seconds - self.into
        self.duration += seconds - self.into
        self.distance += travel.metres[self.here][place]
        self.here, self.into = place, 0
        if seconds >= UNREACHABLE:
            self.breach("unreachable")

    def job(self, j: int) -> None:
        job, before = self.model.jobs[j], self.here
        self.travel_to(self.model.at[j])
        setup, service = self.model.task(self.v, j, before)
        begin, late = _begin(job.windows, self.time)
        self.done += 1
        step = Step("job", job.id, self.time, begin - self.time, setup, service, description=job.description)
        self.note(step, self.here)
        if late:
            self.breach("delay", late, job.id)
        self.time = begin + setup + service

    def rest(self, rest: Break, towards: int) -> None:
        remaining = self.model.travel[self.v].seconds[self.here][towards] - self.into
        begin, late = _begin(rest.windows, self.time)
        driven = min(remaining, begin - self.time)
        self.time, self.into = self.time + driven, self.into + driven
        self.duration += driven
        step = Step("break", rest.id, self.time, begin - self.time, 0, rest.service, description=rest.description)
        self.note(step, None)
        if late:
            self.breach("delay", late)
        load, limit = self.loads[self.done], rest.max_load
        if limit is not None and any(amount > load_at(limit, d) for d, amount in enumerate(load) if d < len(limit)):
            self.breach("max_load")
        self.time = begin + rest.service

    def note(self, step: Step, place: int | None) -> None:
        index, point = (None, None) if place is None else self.model.places[place]
        self.result.steps.append(
            Step(
                step.type,
                step.id,
                step.arrival,
                step.waiting,
                step.setup,
                step.service,
                self.duration,
                self.distance,
                self.loads[self.done],
                point,
                index,
                step.description,
            )
        )

    def breach(self, cause: str, amount: int | None = None, job: int | None = None) -> None:
        self.result.late += amount or 0
        step = len(self.result.steps) - (cause != "unreachable")
        self.result.violations.append(Violation(cause, self.vehicle.id, step, job, amount))


def _begin(windows: Iterable[Window], arrival: int) -> tuple[int, int]:
    """Return (start of service, seconds late)."""
    spans = tuple(windows)
    begin = first_start(spans, arrival)
    return (begin, 0) if begin is not None else (arrival, arrival - spans[-1][1])

"""Brute force, written from the problem statement alone: walks the clock unit by unit, shares no code with routing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations

from routing.problem import Break, Job, Problem, TravelTable, Vehicle

State = tuple[int, int, int, int]
"""Jobs done, breaks done, drive left to the next place, what is left of the act in hand."""


@dataclass
class Walk:
    """One vehicle and one order of jobs, whose places are indices of the matrices."""

    problem: Problem
    vehicle: Vehicle
    order: Sequence[Job]
    cuts: tuple[int, ...] = ()
    """The numbers of jobs done before each time that the bag is filled again."""

    @property
    def stops(self) -> list[Job | None]:
        """The jobs, and nothing where the bag is filled again."""
        return [stop for n, job in enumerate(self.order) for stop in ((None, job) if n in self.cuts else (job,))]

    def bag(self, done: int) -> list[Job]:
        """The jobs still to come of the bag that is on board after so many stops."""
        rest = self.stops[done:]
        return [job for job in rest[: rest.index(None) if None in rest else None] if job is not None]

    def released(self, done: int) -> int:
        releases = (job.release for job in self.bag(done) if job.release is not None and any(job.delivery))
        return max(releases, default=0)

    @property
    def table(self) -> TravelTable:
        return self.problem.tables[self.vehicle.profile]

    @property
    def places(self) -> list[int | None]:
        return [
            self.vehicle.start_index,
            *(self.vehicle.start_index if job is None else job.location_index for job in self.stops),
            self.vehicle.end_index,
        ]

    @property
    def rests(self) -> list[Break]:
        return sorted(self.vehicle.breaks, key=lambda rest: (rest.windows[0], rest.id))

    def drive(self, done: int) -> int:
        a, b = self.places[done], self.places[done + 1]
        return 0 if a is None or b is None else int(self.table.durations[a, b])

    def work(self, done: int) -> int:
        """Setup (unless the vehicle is at the place already) and service of the next job, by the type of the vehicle."""
        job, kind = self.stops[done], self.vehicle.type
        if job is None:
            return self.vehicle.reload
        setup = job.setup_per_type.get(kind, job.setup)
        service = job.service_per_type.get(kind, job.service)
        return service if self.places[done] == self.places[done + 1] else setup + service

    def load(self, done: int) -> list[int]:
        """On board after so many stops: deliveries to come and pickups taken since the bag was filled."""
        width, before = len(self.vehicle.capacity), self.stops[:done]
        out = [sum(job.delivery[d] for job in self.bag(done)) for d in range(width)]
        while None in before:
            del before[: before.index(None) + 1]
        return [out[d] + sum(job.pickup[d] for job in before if job is not None) for d in range(width)]

    def may_rest(self, done: int, broke: int, now: int) -> bool:
        rest = self.rests[broke]
        light = rest.max_load is None or all(a <= b for a, b in zip(self.load(done), rest.max_load, strict=True))
        return light and any(a <= now <= b for a, b in rest.windows)

    def earliest_end(self, start: int) -> int | None:
        """Return the earliest end of a route left at ``start``, trying every way to drive, wait, rest and serve."""
        states: set[State] = {(0, 0, self.drive(0), 0)}
        for now in range(start, self.vehicle.window[1] + 1):
            states = set(self.instant(states, now))
            if (len(self.stops), len(self.vehicle.breaks), 0, 0) in states:
                return now
            moved: set[State] = set()
            for done, broke, left, busy in states:
                moved.add((done, broke, left if busy else max(0, left - 1), max(0, busy - 1)))
                moved.add((done, broke, left, max(0, busy - 1)))
            states = moved
        return None

    def instant(self, states: set[State], now: int) -> Iterator[State]:
        """Yield the states after every act that may begin at this instant (acts of no length chain up)."""
        todo, seen = list(states), set(states)
        while todo:
            done, broke, left, busy = todo.pop()
            yield done, broke, left, busy
            following: list[State] = []
            if not busy and broke < len(self.rests) and self.may_rest(done, broke, now):
                following.append((done, broke + 1, left, self.rests[broke].service))
            ready = not busy and not left and done < len(self.stops)
            if ready and self.may_begin(done, now):
                following.append((done + 1, broke, self.drive(done + 1), self.work(done)))
            todo += [state for state in following if state not in seen]
            seen.update(following)

    def may_begin(self, done: int, now: int) -> bool:
        """Say whether the next stop may begin; a bag is not full before its last letter is there."""
        job = self.stops[done]
        if job is None:
            return now + self.vehicle.reload >= self.released(done + 1)
        return any(a <= now <= b for a, b in job.windows)

    def best_times(self) -> tuple[int, int] | None:
        """Return (start, end): of the routes within the longest span the earliest end, and its latest start."""
        best: tuple[int, int] | None = None
        for start in range(max(self.vehicle.window[0], self.released(0)), self.vehicle.window[1] + 1):
            end = self.earliest_end(start)
            if end is None:
                break
            long = self.vehicle.max_duration is not None and end - start > self.vehicle.max_duration
            if not long and (best is None or end <= best[1]):
                best = start, end
        return best

    @property
    def sums(self) -> tuple[int, int, int]:
        """Metres, seconds of travel, seconds of work."""
        ways = [(a, b) for a, b in pairwise(self.places) if a is not None and b is not None]
        metres = sum(int(self.table.distances[a, b]) for a, b in ways)
        seconds = sum(int(self.table.durations[a, b]) for a, b in ways)
        return metres, seconds, sum(self.work(done) for done, job in enumerate(self.stops) if job is not None)

    def cost(self) -> int:
        """Return fixed + ⌊(per_km · metres · 3600 + 1000 · (per_hour · seconds + per_task_hour · work)) / 3,600,000⌋."""
        return self.vehicle.fixed + self.exact() // 3_600_000

    def exact(self) -> int:
        (metres, seconds, work), vehicle = self.sums, self.vehicle
        hours = vehicle.per_hour * seconds + vehicle.per_task_hour * work
        return vehicle.per_km * metres * 3600 + 1000 * hours

    def fits(self) -> bool:
        """Say whether every rule but the clock's is kept: bag, skills, lock, tasks, travel, distance."""
        vehicle, (metres, seconds, _) = self.vehicle, self.sums
        rules = (
            self.holds(),
            all(job.skills <= vehicle.skills and job.vehicle in {None, vehicle.id} for job in self.order),
            vehicle.max_tasks is None or len(self.order) <= vehicle.max_tasks,
            vehicle.max_travel_time is None or seconds <= vehicle.max_travel_time,
            vehicle.max_distance is None or metres <= vehicle.max_distance,
        )
        return all(rules)

    def holds(self) -> bool:
        """Say whether the bag is never too full."""
        loads = (self.load(done) for done in range(len(self.stops) + 1))
        return all(a <= b for load in loads for a, b in zip(load, self.vehicle.capacity, strict=True))


def best_cuts(problem: Problem, vehicle: Vehicle, order: Sequence[Job]) -> Walk | None:
    """Return the tour cut as the rule says: of all cuts that keep every promise those with the fewest reloads, of these the
    cheapest, of equals the latest. More than the bag asks for only with a late release or a break for light bags.
    """
    late = any(job.release is not None and job.release > vehicle.window[0] and any(job.delivery) for job in order)
    more = late or any(rest.max_load is not None for rest in vehicle.breaks)
    for reloads in range(vehicle.max_trips):
        ways = [Walk(problem, vehicle, order, cuts) for cuts in combinations(range(1, len(order)), reloads)]
        held = sorted(
            (walk for walk in ways if walk.holds()), key=lambda walk: (walk.exact(), [-at for at in walk.cuts])
        )
        best = next((walk for walk in held if walk.fits() and walk.best_times() is not None), None)
        if best is not None or (held and not more):
            return best
    return None


def best_single_route(problem: Problem) -> tuple[int, int]:
    """Return the least (mandatory weight left out, cost and prizes lost) with one vehicle, by trying every order."""
    vehicle, jobs = problem.vehicles[0], problem.jobs
    keys = [_key(jobs, (), 0)]
    for size in range(1, len(jobs) + 1):
        for order in permutations(jobs, size):
            key = _key(jobs, order, Walk(problem, vehicle, order).cost())
            if vehicle.max_trips == 1 and key >= min(keys):
                continue
            walk = best_cuts(problem, vehicle, order)
            if walk is not None:
                keys.append(_key(jobs, order, walk.cost()))
    return min(keys)


def _key(jobs: Sequence[Job], order: Sequence[Job], cost: int) -> tuple[int, int]:
    left = [job for job in jobs if job not in order]
    weight = sum(job.priority + 1 for job in left if job.prize is None)
    return weight, cost + sum(job.prize for job in left if job.prize is not None)

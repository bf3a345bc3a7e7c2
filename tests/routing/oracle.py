"""Brute force, written from the problem statement alone: walks the clock unit by unit, shares no code with routing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from routing.problem import Break, Job, Problem, TravelTable, Vehicle

State = tuple[int, int, int, int]
"""Jobs done, breaks done, drive left to the next place, what is left of the act in hand."""


@dataclass
class Walk:
    """One vehicle and one order of jobs, whose places are indices of the matrices."""

    problem: Problem
    vehicle: Vehicle
    order: Sequence[Job]

    @property
    def table(self) -> TravelTable:
        return self.problem.tables[self.vehicle.profile]

    @property
    def places(self) -> list[int | None]:
        return [self.vehicle.start_index, *(job.location_index for job in self.order), self.vehicle.end_index]

    @property
    def rests(self) -> list[Break]:
        return sorted(self.vehicle.breaks, key=lambda rest: (rest.windows[0], rest.id))

    def drive(self, done: int) -> int:
        a, b = self.places[done], self.places[done + 1]
        return 0 if a is None or b is None else int(self.table.durations[a, b])

    def work(self, done: int) -> int:
        """Setup (unless the vehicle is at the place already) and service of the next job, by the type of the vehicle."""
        job, kind = self.order[done], self.vehicle.type
        setup = job.setup_per_type.get(kind, job.setup)
        service = job.service_per_type.get(kind, job.service)
        return service if self.places[done] == self.places[done + 1] else setup + service

    def load(self, done: int) -> list[int]:
        """On board after so many jobs: deliveries to come and pickups taken."""
        width = len(self.vehicle.capacity)
        out = [sum(job.delivery[d] for job in self.order[done:]) for d in range(width)]
        return [out[d] + sum(job.pickup[d] for job in self.order[:done]) for d in range(width)]

    def may_rest(self, done: int, broke: int, now: int) -> bool:
        rest = self.rests[broke]
        light = rest.max_load is None or all(a <= b for a, b in zip(self.load(done), rest.max_load, strict=True))
        return light and any(a <= now <= b for a, b in rest.windows)

    def earliest_end(self, start: int) -> int | None:
        """Return the earliest end of a route left at ``start``, trying every way to drive, wait, rest and serve."""
        states: set[State] = {(0, 0, self.drive(0), 0)}
        for now in range(start, self.vehicle.window[1] + 1):
            states = set(self.instant(states, now))
            if (len(self.order), len(self.vehicle.breaks), 0, 0) in states:
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
            ready = not busy and not left and done < len(self.order)
            if ready and any(a <= now <= b for a, b in self.order[done].windows):
                following.append((done + 1, broke, self.drive(done + 1), self.work(done)))
            todo += [state for state in following if state not in seen]
            seen.update(following)

    def best_times(self) -> tuple[int, int] | None:
        """Return (start, end): of the routes within the longest span the earliest end, and its latest start."""
        releases = [job.release for job in self.order if job.release is not None and any(job.delivery)]
        best: tuple[int, int] | None = None
        for start in range(max([self.vehicle.window[0], *releases]), self.vehicle.window[1] + 1):
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
        return metres, seconds, sum(self.work(done) for done in range(len(self.order)))

    def cost(self) -> int:
        """Return fixed + ⌊(per_km · metres · 3600 + 1000 · (per_hour · seconds + per_task_hour · work)) / 3,600,000⌋."""
        (metres, seconds, work), vehicle = self.sums, self.vehicle
        hours = vehicle.per_hour * seconds + vehicle.per_task_hour * work
        return vehicle.fixed + (vehicle.per_km * metres * 3600 + 1000 * hours) // 3_600_000

    def fits(self) -> bool:
        """Say whether every rule but the clock's is kept: bag, skills, lock, tasks, travel, distance."""
        vehicle, (metres, seconds, _) = self.vehicle, self.sums
        loads = (self.load(done) for done in range(len(self.order) + 1))
        rules = (
            all(a <= b for load in loads for a, b in zip(load, vehicle.capacity, strict=True)),
            all(job.skills <= vehicle.skills and job.vehicle in {None, vehicle.id} for job in self.order),
            vehicle.max_tasks is None or len(self.order) <= vehicle.max_tasks,
            vehicle.max_travel_time is None or seconds <= vehicle.max_travel_time,
            vehicle.max_distance is None or metres <= vehicle.max_distance,
        )
        return all(rules)


def best_single_route(problem: Problem) -> tuple[int, int]:
    """Return the least (mandatory weight left out, cost and prizes lost) with one vehicle, by trying every order."""
    vehicle, jobs = problem.vehicles[0], problem.jobs
    keys = [_key(jobs, (), 0)]
    for size in range(1, len(jobs) + 1):
        for order in permutations(jobs, size):
            walk = Walk(problem, vehicle, order)
            key = _key(jobs, order, walk.cost())
            if key < min(keys) and walk.fits() and walk.best_times() is not None:
                keys.append(key)
    return min(keys)


def _key(jobs: Sequence[Job], order: Sequence[Job], cost: int) -> tuple[int, int]:
    left = [job for job in jobs if job not in order]
    weight = sum(job.priority + 1 for job in left if job.prize is None)
    return weight, cost + sum(job.prize for job in left if job.prize is not None)

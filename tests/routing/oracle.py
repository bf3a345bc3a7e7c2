"""Brute force, written from the problem statement alone: walks the clock unit by unit, shares no code with routing."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

from routing.problem import Job, Problem, Table, Vehicle

State = tuple[int, int, int, int]
"""Jobs done, breaks done, drive left to the next place, what is left of the act in hand."""


def earliest_end(problem: Problem, vehicle: Vehicle, order: Sequence[Job], start: int) -> int | None:
    """Return the earliest end of a route left at ``start``, trying every way to drive, wait, rest and serve."""
    table = problem.tables[vehicle.profile]
    states: set[State] = {(0, 0, _drive(table, vehicle, order, 0), 0)}
    for now in range(start, vehicle.window[1] + 1):
        states = set(_instant(states, vehicle, order, now, table))
        if (len(order), len(vehicle.breaks), 0, 0) in states:
            return now
        moved: set[State] = set()
        for done, broke, left, busy in states:
            moved.add((done, broke, left if busy else max(0, left - 1), max(0, busy - 1)))
            moved.add((done, broke, left, max(0, busy - 1)))
        states = moved
    return None


def _instant(states: set[State], vehicle: Vehicle, order: Sequence[Job], now: int, table: Table) -> Iterator[State]:
    """Yield the states after every act that may begin at this instant (acts of no length chain up)."""
    rests = sorted(vehicle.breaks, key=lambda rest: rest.windows[0])
    todo, seen = list(states), set(states)
    while todo:
        done, broke, left, busy = todo.pop()
        yield done, broke, left, busy
        following: list[State] = []
        if not busy and broke < len(rests) and any(a <= now <= b for a, b in rests[broke].windows):
            following.append((done, broke + 1, left, rests[broke].service))
        if not busy and not left and done < len(order) and any(a <= now <= b for a, b in order[done].windows):
            following.append((done + 1, broke, _drive(table, vehicle, order, done + 1), order[done].service))
        todo += [state for state in following if state not in seen]
        seen.update(following)


def _drive(table: Table, vehicle: Vehicle, order: Sequence[Job], done: int) -> int:
    places = [vehicle.start_index, *(job.location_index for job in order), vehicle.end_index]
    return int(table.durations[places[done], places[done + 1]])


def cost(problem: Problem, vehicle: Vehicle, order: Sequence[Job]) -> int:
    """Return fixed + ⌊(per_km · metres · 3600 + per_hour · 1000 · seconds) / 3,600,000⌋."""
    table = problem.tables[vehicle.profile]
    places = [vehicle.start_index, *(job.location_index for job in order), vehicle.end_index]
    pairs = list(pairwise(places))
    metres = sum(int(table.distances[a, b]) for a, b in pairs)
    seconds = sum(int(table.durations[a, b]) for a, b in pairs)
    return vehicle.fixed + (vehicle.per_km * metres * 3600 + vehicle.per_hour * 1000 * seconds) // 3_600_000


def fits(vehicle: Vehicle, order: Sequence[Job]) -> bool:
    """Say whether the bag is never too full."""
    load = sum(job.delivery[0] for job in order)
    for job in (None, *order):
        load += 0 if job is None else job.pickup[0] - job.delivery[0]
        if load > vehicle.capacity[0]:
            return False
    return True


def best_single_route(problem: Problem) -> tuple[int, int]:
    """Return the least (mandatory weight left out, cost) of a problem with one vehicle, by trying every order."""
    vehicle, jobs = problem.vehicles[0], problem.jobs
    keys = [(sum(job.priority + 1 for job in jobs), 0)]
    for size in range(1, len(jobs) + 1):
        for order in permutations(jobs, size):
            left = sum(job.priority + 1 for job in jobs if job not in order)
            key = (left, cost(problem, vehicle, order))
            if key < min(keys) and fits(vehicle, order) and earliest_end(problem, vehicle, order, vehicle.window[0]):
                keys.append(key)
    return min(keys)

"""Who is near enough to a stop to be asked, so that no question about one stop builds a province's matrix."""

from collections.abc import Mapping, Sequence

from routing.problem import Job, Problem, Vehicle


def nearby(
    problem: Problem, job: Job, vehicles: Sequence[Vehicle], tours: Mapping[int, Sequence[int]], most: int
) -> tuple[Vehicle, ...]:
    """Return the vehicles nearest to the job whose routes together hold at most ``most`` stops, one at least."""
    held = 0
    kept: list[Vehicle] = []
    for vehicle in sorted(vehicles, key=lambda one: (_apart(problem, one, job), one.id)):
        held += len(tours.get(vehicle.id, ()))
        if kept and held > most:
            break
        kept.append(vehicle)
    return tuple(kept)


def _apart(problem: Problem, vehicle: Vehicle, job: Job) -> float:
    """Return a measure of nearness: seconds where matrices are given, else degrees (squared)."""
    table = problem.tables.get(vehicle.profile)
    if table is not None:
        return float(table.durations[vehicle.start_index or vehicle.end_index or 0, job.location_index or 0])
    seat, door = vehicle.start or vehicle.end or (0.0, 0.0), job.location or (0.0, 0.0)
    return (seat[0] - door[0]) ** 2 + (seat[1] - door[1]) ** 2

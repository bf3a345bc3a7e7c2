"""The start that a problem describes: a plan that nothing may undercut."""

from collections.abc import Mapping, Sequence

from routing.problem import Problem

Sequences = Mapping[int, Sequence[int]]


def planned(problem: Problem) -> dict[int, Sequence[int]]:
    """Return the start that the vehicles' own steps describe, as far as it names jobs of the problem, each once."""
    free = {job.id for job in problem.jobs}
    tours: dict[int, Sequence[int]] = {}
    for vehicle in problem.vehicles:
        named = [step.id for step in vehicle.steps or () if step.type == "job"]
        tour = [number for number in dict.fromkeys(named) if number is not None and number in free]
        free -= set(tour)
        if tour:
            tours[vehicle.id] = tour
    return tours

"""The start that a problem describes: a plan that nothing may undercut."""

from collections.abc import Mapping, Sequence

from routing.evaluate import Evaluation, evaluate
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


def kept(problem: Problem) -> Evaluation | None:
    """Judge the start, without the routes that break a promise; ``None`` where there is none."""
    tours: Sequences = planned(problem)
    if not tours:
        return None
    judged = evaluate(problem, tours)
    if judged.violations:
        broken = {fault.vehicle for fault in judged.violations}
        judged = evaluate(problem, {v: jobs for v, jobs in tours.items() if v not in broken})
    return judged if judged.sequences and not judged.violations else None

"""Set partitioning by CP-SAT: the cheapest choice among all the routes that a search has seen, every stop in one."""

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from routing.columns import Column
from routing.engine_params import PhaseParams


def choose(
    columns: Sequence[Column],
    hint: Sequence[Column],
    available: Mapping[int, int],
    seconds: float | None,
    seed: int,
    params: PhaseParams,
) -> list[Column] | None:
    """Return columns that cover the hint's stops once each, cheaper than the hint, or ``None``.

    ``available``: vehicles by kind. ``hint``: the routes that are driven now.
    """
    wanted = {stop for column in hint for stop in column.stops}
    offered = [*hint, *(c for c in columns if wanted.issuperset(c.stops))][: params.choice_columns]
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in offered]
    over: dict[int, list[cp_model.IntVar]] = {stop: [] for stop in sorted(wanted)}
    of_kind: dict[int, list[cp_model.IntVar]] = {kind: [] for kind in available}
    for column, choice in zip(offered, taken, strict=True):
        of_kind[column.kind].append(choice)
        for stop in column.stops:
            over[stop].append(choice)
    for choices in over.values():
        model.add_exactly_one(choices)
    for kind, choices in of_kind.items():
        model.add(sum(choices) <= available[kind])
    model.minimize(sum(column.cost * choice for column, choice in zip(offered, taken, strict=True)))
    for number, choice in enumerate(taken):
        model.add_hint(choice, number < len(hint))
    solver = _solver(seconds, seed, params.choice_work)
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    if solver.objective_value >= sum(column.cost for column in hint):
        return None
    return [column for column, choice in zip(offered, taken, strict=True) if solver.boolean_value(choice)]


def _solver(seconds: float | None, seed: int, work: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = work
    if seconds is not None:
        solver.parameters.max_time_in_seconds = min(work, seconds)
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    return solver

"""Plan the routes of commune post offices: ``solve(problem) -> Plan``. Knows nothing of the application."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from routing.plan import Plan
from routing.problem import Problem
from routing.search_params import SearchParams

if TYPE_CHECKING:
    from routing.pool import SolverPool


def solve(  # noqa: PLR0913  every argument but the problem has a default and is named
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    engine: str = "auto",
    pool: "SolverPool | None" = None,
    on_progress: Callable[[int, int], None] | None = None,
    explain_seconds: float = 0.2,
    balance: int | None = None,
    deadline: float | None = None,
    params: SearchParams = SearchParams(),
) -> Plan:
    """Plan the day; every plan that comes back has no violation and a reason for each job left out.

    ``seconds``: CPU to be searched, over all processes (default: grows with the number of stops); ``deadline``: seconds
    of the wall clock in which it must be had, from the call on (default: eight times the seconds, from when a solver child is
    there). ``iterations`` instead of them makes the plan a function of (problem, seed, iterations) alone. ``engine``: auto,
    insertion, ortools, pyvrp, sisr, vroom.
    ``pool``: warm solver children to share between calls; without one, children are started and ended here.
    ``explain_seconds``: after the search, how long changes are looked for that would let the jobs left out in (with
    ``iterations``: for each of them, however long it takes); a reason is given for every job in any case.
    ``balance``: the most seconds by which the working days of an office's couriers may differ (breaks apart); the last
    third of the time then goes into evening them out, and ``Plan.balance`` tells the price.
    ``params``: what steers the search (docs/search-parameters.md lists it); with ``iterations`` the plan depends on them, too. How
    long children are waited for is a matter of the ``pool`` where one is given.
    ``on_progress(done, total)`` is called as parts (offices) are finished, in the calling thread.
    Raises ``routing.validate.Invalid`` (a list of faults with paths) for a problem that cannot be understood.
    """
    from routing.portfolio import solve as solve_with_engines  # noqa: PLC0415  `import routing.plan` stays light

    return solve_with_engines(
        problem,
        seconds=seconds,
        iterations=iterations,
        seed=seed,
        engine=engine,
        pool=pool,
        on_progress=on_progress,
        explain_seconds=explain_seconds,
        balance=balance,
        deadline=deadline,
        params=params,
    )

"""`home` beside `free`: what the boundary-free reform would change, in the words the province asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.models import Plan, Route


@dataclass(frozen=True, slots=True)
class Figures:
    """One plan's figures: metres ridden, paper-metres carried on to competent desks, seconds ridden and at work, đồng."""

    plan_id: int
    assignment: str
    served: int
    errands: int
    couriers: int
    distance_m: int
    onward_m: int
    riding_s: int
    working_s: int
    cost: int
    spread_s: int  # between the longest and the shortest working day of one office, where it is widest

    @property
    def all_m(self) -> int:
        """Ridden and carried on: a plan that rides less by sending papers round is seen through."""
        return self.distance_m + self.onward_m


def compare(plans: Iterable[Plan]) -> list[Figures]:
    """The figures of the plans, in the order given. Breaks are not working time."""
    return [_figures(plan) for plan in plans]


def _figures(plan: Plan) -> Figures:
    spans = [working_s(route) for route in plan.routes]
    return Figures(
        plan_id=plan.id,
        assignment=plan.assignment,
        served=plan.served,
        errands=plan.errands,
        couriers=plan.couriers,
        distance_m=plan.distance_m,
        onward_m=plan.onward_m,
        riding_s=plan.duration_s,
        working_s=sum(spans),
        cost=plan.cost,
        spread_s=_spread(plan.routes),
    )


def working_s(route: Route) -> int:
    """Seconds from leaving the office to being back, the break apart."""
    return round((route.ends_at - route.starts_at).total_seconds()) - route.break_s


def _spread(routes: Iterable[Route]) -> int:
    days: dict[int, list[int]] = {}
    for route in routes:
        days.setdefault(route.office_id, []).append(working_s(route))
    return max((max(crew) - min(crew) for crew in days.values()), default=0)


@dataclass(frozen=True, slots=True)
class Saving:
    """What `free` takes off `home`: metres ridden, with the onward legs, seconds ridden, couriers, đồng. Negative: it adds."""

    distance_m: int
    all_m: int
    riding_s: int
    couriers: int
    cost: int
    served: int  # errands that only `free` serves


def free_saves(home: Figures, free: Figures) -> Saving:
    return Saving(
        home.distance_m - free.distance_m,
        home.all_m - free.all_m,
        home.riding_s - free.riding_s,
        home.couriers - free.couriers,
        home.cost - free.cost,
        free.served - home.served,
    )

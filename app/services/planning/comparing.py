"""`home` beside `free`: what the boundary-free reform would change, in the words the province asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.models import Plan


@dataclass(frozen=True, slots=True)
class Figures:
    """One plan's figures: metres ridden, paper-metres carried on to competent desks, seconds ridden and at work, đồng."""

    plan_id: int
    assignment: str
    served: int
    stops: int
    couriers: int
    distance_m: int
    onward_m: int
    riding_s: int
    working_s: int
    cost: int

    @property
    def all_m(self) -> int:
        """Ridden and carried on: a plan that rides less by sending papers round is seen through."""
        return self.distance_m + self.onward_m


def compare(plans: Iterable[Plan]) -> list[Figures]:
    """The figures of the plans, in the order given. Breaks are not working time."""
    return [_figures(plan) for plan in plans]


def _figures(plan: Plan) -> Figures:
    spans = ((route.ends_at - route.starts_at).total_seconds() - route.break_s for route in plan.routes)
    return Figures(
        plan_id=plan.id,
        assignment=plan.assignment,
        served=plan.served,
        stops=plan.stops,
        couriers=plan.couriers,
        distance_m=plan.distance_m,
        onward_m=plan.onward_m,
        riding_s=plan.duration_s,
        working_s=round(sum(spans)),
        cost=plan.cost,
    )

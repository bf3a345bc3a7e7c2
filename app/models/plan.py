"""Plans, routes, stops and runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, IntKey
from app.models.errand import Errand
from app.models.office import Courier, Office, Shift
from app.models.request import Place

TIMER: Final = "timer:"
"""Begins the name of what asks for a plan, or publishes one, by the clock."""
STOOD_IN: Final = f"{TIMER}stand-in"
"""Published the draft of the evening, because the final plan of the morning did not come."""


class Planning(Base):
    """One order to plan a day: the job's progress, and the fence that makes its plan once."""

    __tablename__ = "planning"
    __table_args__ = (
        CheckConstraint("state in ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("assignment in ('home', 'free')", name="assignment"),
    )

    id: Mapped[IntKey]
    day: Mapped[date] = mapped_column(index=True)
    office_ids: Mapped[list[dict[str, Any]] | None]  # [{id}]; NULL: every office
    assignment: Mapped[str] = mapped_column(default="home")
    engine: Mapped[str] = mapped_column(default="auto")
    seconds: Mapped[int] = mapped_column(default=20)
    seed: Mapped[int] = mapped_column(default=0)
    balance_s: Mapped[int | None]  # by how much the working days of an office may differ; NULL: not asked for
    publish: Mapped[bool] = mapped_column(default=False)  # publish at once when done (05:00 replan, demo)
    state: Mapped[str] = mapped_column(default="queued")
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Plan(Base):
    __tablename__ = "plan"
    __table_args__ = (CheckConstraint("state in ('draft', 'published', 'superseded')", name="state"),)

    id: Mapped[IntKey]
    planning_id: Mapped[int | None] = mapped_column(ForeignKey("planning.id"), unique=True)  # one order, one plan
    day: Mapped[date] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default="draft")
    assignment: Mapped[str]
    engine: Mapped[str]
    engine_versions: Mapped[dict[str, Any]]
    seed: Mapped[int]
    problem_hash: Mapped[str]
    errands: Mapped[int]
    served: Mapped[int]  # of them
    couriers: Mapped[int]
    distance_m: Mapped[int] = mapped_column(BigInteger)
    onward_m: Mapped[int] = mapped_column(BigInteger, default=0)  # paper-metres of a province's day pass 2^31
    duration_s: Mapped[int]
    cost: Mapped[int] = mapped_column(BigInteger)
    violations: Mapped[int]
    # the balance reached and its price: {most, before, after, offices, unmet, distance_delta, cost_delta}
    balance: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # what is reckoned in straight lines though roads were asked for: all ({roads_away: true}, {roads_elsewhere: true}), onward legs
    # ({off_road: [[office, desk], …]}), couriers' ways from and to an office ({offices: [office, …]}); and communes where the
    # season makes rides longer, in per cent ({slow: {unit: 40}})
    ways: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    movable: Mapped[
        int | None
    ]  # visits that under `free` another office's courier may make; NULL: planned before that was kept
    wall_s: Mapped[float]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    routes: Mapped[list[Route]] = relationship(back_populates="plan", order_by="Route.office_id, Route.number")
    unserved: Mapped[list[PlanUnserved]] = relationship()

    @property
    def stood_in(self) -> bool:
        """Is it the evening's draft in place of a final plan?"""
        return (self.published_by or "").startswith(STOOD_IN)


class PlanOffice(Base):
    """Which offices a plan speaks for; at most one published plan an office and day."""

    __tablename__ = "plan_office"
    __table_args__ = (
        Index("ux_plan_office_published", "day", "office_id", unique=True, postgresql_where=text("published")),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    day: Mapped[date]
    published: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(
        default=1, server_default="1"
    )  # an act by hand checks those of its offices alone
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime | None]
    changed_what: Mapped[str | None]  # the kind of the act


class Route(Base):
    __tablename__ = "route"
    __table_args__ = (UniqueConstraint("plan_id", "shift_id"),)

    id: Mapped[IntKey]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"), index=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    break_at: Mapped[datetime | None]
    break_s: Mapped[int] = mapped_column(default=0)
    distance_m: Mapped[int]
    duration_s: Mapped[int]
    cost: Mapped[int]
    locked: Mapped[bool] = mapped_column(default=False)
    # promises broken with a reason, by routing's cause: {cause: {amount, reason}}
    accepted: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # at the office between two trips: [{at, leaves}], seconds from midnight
    reloads: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    plan: Mapped[Plan] = relationship(back_populates="routes")
    office: Mapped[Office] = relationship()
    courier: Mapped[Courier] = relationship()
    shift: Mapped[Shift] = relationship()
    stops: Mapped[list[Stop]] = relationship(back_populates="route", order_by="Stop.sequence")

    def returns(self, stops: Sequence[Stop] | None = None) -> list[tuple[Stop, dict[str, Any]]]:
        """The first stop of each later trip, with the times at the office before it. `stops`: its own, read already."""
        ridden = self.stops if stops is None else stops
        between = self.reloads or []
        pairs = pairwise(ridden)
        return [
            (after, between[after.trip - 2]) for before, after in pairs if before.trip < after.trip <= len(between) + 1
        ]


class Stop(Base):
    """One door, one or more errands."""

    __tablename__ = "stop"
    __table_args__ = (UniqueConstraint("route_id", "sequence", deferrable=True, initially="DEFERRED"),)

    id: Mapped[IntKey]
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"))
    sequence: Mapped[int]
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    arrives_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    leaves_at: Mapped[datetime]
    distance_m: Mapped[int]  # from the office, along the route
    marginal_m: Mapped[int] = mapped_column(default=0)  # what leaving it out would have saved
    locked: Mapped[bool] = mapped_column(default=False)
    trip: Mapped[int] = mapped_column(default=1, server_default="1")  # of the route, from 1
    usual_courier_id: Mapped[int | None] = mapped_column(
        ForeignKey("courier.id")
    )  # who mostly came there before this day
    accepted: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # as of a route
    route: Mapped[Route] = relationship(back_populates="stops")
    place: Mapped[Place] = relationship()
    errands: Mapped[list[Errand]] = relationship(secondary="stop_errand")

    @property
    def by_usual(self) -> bool:
        """Does the courier come who usually does?"""
        return self.usual_courier_id is not None and self.usual_courier_id == self.route.courier_id


class StopErrand(Base):
    __tablename__ = "stop_errand"

    stop_id: Mapped[int] = mapped_column(ForeignKey("stop.id", ondelete="CASCADE"), primary_key=True)
    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errand.id"), primary_key=True, index=True)


class PlanUnserved(Base):
    __tablename__ = "plan_unserved"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), primary_key=True)
    errand_id: Mapped[UUID] = mapped_column(ForeignKey("errand.id"), primary_key=True)
    reason: Mapped[str]
    # the cheapest change that would let it in: {kind, amount, unit, cost_delta}
    relaxation: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    errand: Mapped[Errand] = relationship()


class Run(Base):
    """A courier doing a route."""

    __tablename__ = "run"

    id: Mapped[IntKey]
    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"), unique=True)
    courier_id: Mapped[int] = mapped_column(ForeignKey("courier.id"), index=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    route: Mapped[Route] = relationship()

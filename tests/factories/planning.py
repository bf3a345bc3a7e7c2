"""Days to plan: offices with couriers at work, errands around them, results in the safe."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.commands import AskForPlan
from app.domain.custody import Holder
from app.domain.draft_acts import ActKind, ActOnDraft, DraftAct
from app.domain.errand import ErrandKind
from app.domain.parcel import ParcelPurpose, s10
from app.models import Courier, Errand, Office, Parcel, Plan, PlanAct, Planning, Route, Shift
from app.services.planning import (
    act_on_draft,
    ask_for_plan,
    load_problem,
    measure,
    other_days,
    propose,
    save_plan,
    start,
    unserved_of,
)
from app.unit_of_work import UnitOfWork
from routing import solve
from tests.factories.counter import number
from tests.factories.office import make_courier, make_desk, make_office, make_shift, make_unit
from tests.factories.procedure import make_procedure
from tests.factories.request import make_dossier, make_errand, make_place, make_request
from tests.factories.times import DAY, NOW


@dataclass(slots=True)
class PlannableDay:
    """What `make_day` made."""

    offices: list[Office] = field(default_factory=list)
    couriers: list[Courier] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    errands: list[Errand] = field(default_factory=list)


def make_day(session: Session, offices: int = 1, errands: int = 4, couriers: int = 1, day: date = DAY) -> PlannableDay:
    """Collections on `day` in the morning, a few hundred metres apart around each office."""
    made = PlannableDay()
    procedure = make_procedure(session)
    for at in range(offices):
        unit = make_unit(session, lon=108.0 + at / 10, lat=13.9)
        office = make_office(session, unit=unit)
        make_desk(session, unit=unit)
        made.offices.append(office)
        for _ in range(couriers):
            courier = make_courier(session, office=office)
            made.couriers.append(courier)
            made.shifts.append(make_shift(session, courier, day))
        for n in range(errands):
            place = make_place(session, unit=unit, lon=unit.lon + (n + 1) / 250, lat=unit.lat + n % 3 / 200)
            request = make_request(session, place=place)
            make_dossier(session, request, procedure=procedure)
            made.errands.append(make_errand(session, request, office=office, day=day))
    return made


def make_parcel(session: Session, errand: Errand, **given: Any) -> Parcel:
    """The result of the errand's dossier, in the safe of its office."""
    defaults: dict[str, Any] = {
        "code": s10(90_000_000 + number()),
        "purpose": ParcelPurpose.RESULT,
        "dossier_id": errand.dossiers[0].id,
        "holder": Holder.OFFICE_SAFE,
        "holder_id": str(errand.office_id),
        "created_at": NOW,
    }
    parcel = Parcel(**{**defaults, **given})
    session.add(parcel)
    session.flush()
    return parcel


def make_delivery(session: Session, errand: Errand) -> Errand:
    """Turn the errand into a delivery whose result waits in the safe."""
    errand.kind = ErrandKind.DELIVER
    make_parcel(session, errand)
    return errand


def make_planning(session: UnitOfWork, day: date = DAY, **given: Any) -> Planning:
    """An order; whoever carries it out searches for a second, which is plenty for so few doors."""
    command = AskForPlan(**{"day": day, "by": "system", "now": NOW, "seconds": 1, **given})
    return ask_for_plan(session, command, by_job=False)


def make_plan(session: UnitOfWork, day: date = DAY, **given: Any) -> Plan:
    """Plan the day by insertion, in this process."""
    planning = start(session, make_planning(session, day, engine="insertion", **given).id)
    assert planning is not None
    loaded = load_problem(session, planning)
    solution = solve(loaded.problem, iterations=3, engine="insertion")
    days = other_days(session, day, {errand: reason for errand, reason, _ in unserved_of(loaded, solution)}, NOW)
    plan = save_plan(session, planning.id, loaded, measure(loaded, solution, days), wall_s=0.1, now=NOW)
    assert plan is not None
    return plan


def act_on(session: Session, plan: Plan, kind: ActKind, by: str = "staff:1", **fields: Any) -> PlanAct:
    """Propose an act and do it, as a coordinator does who reads and agrees."""
    act = DraftAct(kind, **fields)
    seen = propose(session, plan.id, act).seen
    return act_on_draft(session, ActOnDraft(plan.id, act, seen, by=by, now=NOW))


def make_plan_act(session: Session, route: Route) -> PlanAct:
    """A line of the log."""
    rows: dict[str, Any] = {"before": {}, "after": {}, "figures": {"metres": 0, "dong": 0}, "shifts": [], "errands": []}
    act = PlanAct(plan_id=route.plan_id, kind="lock", by="staff:1", at=NOW, offices=[route.office_id], **rows)
    session.add(act)
    session.flush()
    return act

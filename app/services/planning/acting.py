"""A coordinator's act on a draft: proposed and priced first, with nothing written, and then done.

Docs: docs/decisions/acts-and-undo.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.draft_acts import ACCEPTABLE, OTHER_OFFICE, ActKind, ActOnDraft, DraftAct
from app.domain.errors import DomainError
from app.models import (
    Courier,
    Errand,
    Office,
    Plan,
    PlanAct,
    PlanOffice,
    PlanUnserved,
    Route,
    Shift,
    StaffAccount,
    Stop,
)
from app.services import audit
from app.services.planning.judging import Bench, Broken, broken_in, make_bench, open_promises
from app.services.planning.layout import NEW, DoorRow, Layout, RouteRow, read_layout, write_layout
from app.services.planning.publishing import lock_draft
from app.services.planning.rearranging import find, put_back, rearranged
from app.services.planning.recounting import recount

_CHOSEN: Final = frozenset({ActKind.MOVE, ActKind.PUT_BACK})
"""Acts that may leave the place in the order to the judge."""

_NEEDS: Final[Mapping[ActKind, tuple[str, ...]]] = {
    ActKind.MOVE: ("stop_id", "to_shift"),
    ActKind.SWAP: ("stop_id", "other_id"),
    ActKind.SPLIT: ("stop_id", "to_shift"),
    ActKind.MERGE: ("shift_id", "to_shift"),
    ActKind.LOCK: ("stop_id",),
    ActKind.UNLOCK: ("stop_id",),
    ActKind.LOCK_COURIER: ("shift_id",),
    ActKind.UNLOCK_COURIER: ("shift_id",),
    ActKind.TAKE_OUT: ("stop_id",),
    ActKind.PUT_BACK: ("errand_id", "to_shift"),
    ActKind.ACCEPT: (),
}
"""The fields that each act reads and can't do without."""


@dataclass(frozen=True, slots=True)
class ActFigures:
    """By how much an act changes the plan. `broken`: promises that keep it from being published."""

    metres: int = 0
    seconds: int = 0
    dong: int = 0
    onward_m: int = 0
    broken: int = 0
    served: int = 0

    def back(self) -> ActFigures:
        return ActFigures(-self.metres, -self.seconds, -self.dong, -self.onward_m, -self.broken, -self.served)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an act would do. `broken`: what the touched routes break afterwards; `seen`: the revisions it was reckoned at."""

    plan_id: int
    act: DraftAct
    before: Layout
    after: Layout
    figures: ActFigures
    broken: tuple[Broken, ...]
    broken_before: tuple[Broken, ...]
    seen: Mapping[int, int]

    @property
    def shifts(self) -> tuple[int, ...]:
        return tuple(sorted(self.before.ways))

    @property
    def errands(self) -> tuple[str, ...]:
        """Errands that come in or go out."""
        return tuple(sorted(self.before.errands() ^ self.after.errands()))


def propose(session: Session, plan_id: int, act: DraftAct) -> Proposal:
    """Price the act; nothing is written.

    Raises `not_found`, `plan_not_draft`, `plan_changed` (what it names stands elsewhere by now), `stop_locked`,
    `courier_locked`, `act_changes_nothing` or `accept_reason_missing`.
    """
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise DomainError("not_found", kind="not_found")
    if plan.state != "draft":
        raise DomainError("plan_not_draft", plan=plan.id)
    return _priced(session, plan, act)


def _priced(session: Session, plan: Plan, act: DraftAct) -> Proposal:
    before = _standing(session, plan, act)
    fresh = _fresh_door(session, act)
    doors = [*(door for _shift, door in before.doors()), *([fresh] if fresh else [])]
    bench = make_bench(session, plan, before.ways, doors)
    old = bench.judge(before)
    broken_before = broken_in(before, old.violations)
    after = _changed(before, act, fresh, bench, broken_before)
    after = bench.timed(after, {shift for shift in after.ways if after.order(shift) != before.order(shift)})
    new = bench.judge(after)
    after = _given_away(after, act, broken_in(after, new.violations), bench)
    broken = broken_in(after, new.violations)
    figures = ActFigures(
        new.distance - old.distance,
        new.duration - old.duration,
        new.cost + new.onward_cost - old.cost - old.onward_cost,
        new.onward_distance - old.onward_distance,
        open_promises(broken) - open_promises(broken_before),
        len(after.errands()) - len(before.errands()),
    )
    seen = revisions(session, plan, {bench.offices[shift] for shift in before.ways})
    return Proposal(plan.id, act, before, after, figures, broken, broken_before, seen)


def _standing(session: Session, plan: Plan, act: DraftAct) -> Layout:
    """The routes that the act touches as they are, that of a courier without one, too."""
    if act.kind not in _NEEDS or any(getattr(act, name) is None for name in _NEEDS[act.kind]):
        raise DomainError("not_found", kind="not_found", field="act")
    shifts = set(
        session.scalars(
            select(Route.shift_id)
            .join(Stop, Stop.route_id == Route.id)
            .where(Route.plan_id == plan.id, Stop.id.in_([one for one in (act.stop_id, act.other_id) if one]))
        )
    )
    shifts |= {shift for shift in (act.shift_id, act.to_shift) if shift is not None}
    if act.errand_id is not None and session.get(PlanUnserved, (plan.id, act.errand_id)) is None:
        raise DomainError("plan_changed", plan=plan.id)
    layout = read_layout(session, plan, shifts, [str(act.errand_id)] if act.errand_id else [])
    for shift in sorted(shifts - layout.ways.keys()):
        layout = replace(layout, ways={**layout.ways, shift: _empty_way(session, plan, shift)})
    if act.stop_id is not None:
        find(layout, act.stop_id)
    return layout


def _empty_way(session: Session, plan: Plan, shift_id: int) -> RouteRow:
    """The route of a courier at work in one of the plan's offices who has none yet."""
    found = session.execute(
        select(Shift, Courier)
        .join(Courier, Courier.id == Shift.courier_id)
        .join(PlanOffice, (PlanOffice.office_id == Courier.office_id) & (PlanOffice.plan_id == plan.id))
        .where(Shift.id == shift_id, Shift.day == plan.day, Shift.works, Courier.active)
    ).one_or_none()
    if found is None:
        raise DomainError("not_found", kind="not_found", field="to_shift")
    _shift, courier = found
    most = select(func.coalesce(func.max(Route.number), 0)).where(
        Route.plan_id == plan.id, Route.office_id == courier.office_id
    )
    row = dict.fromkeys(one.name for one in Route.__table__.columns if one.name != "plan_id")
    row |= {"id": NEW - shift_id, "office_id": courier.office_id, "courier_id": courier.id, "shift_id": shift_id}
    return RouteRow({**row, "number": session.scalars(most).one() + 1, "locked": False}, ())


def _fresh_door(session: Session, act: DraftAct) -> DoorRow | None:
    """The stop that a left-out errand would be."""
    if act.kind is not ActKind.PUT_BACK:
        return None
    errand = session.get_one(Errand, act.errand_id)
    row = dict.fromkeys(one.name for one in Stop.__table__.columns if one.name not in {"route_id", "sequence"})
    return DoorRow({**row, "id": NEW, "place_id": str(errand.place_id), "locked": False, "trip": 1}, (str(errand.id),))


def _changed(before: Layout, act: DraftAct, fresh: DoorRow | None, bench: Bench, broken: Collection[Broken]) -> Layout:
    if act.kind is ActKind.ACCEPT:
        return _accepted(before, act, broken)
    if act.kind not in _CHOSEN or act.sequence is not None:
        return _laid(before, act, fresh)
    places = range(1, len(before.ways[act.to_shift or 0].doors) + 2)
    tries = [_laid(before, replace(act, sequence=at), fresh) for at in places]
    judged = [bench.judge(one) for one in tries]
    best = min(range(len(tries)), key=lambda at: (len(judged[at].violations), judged[at].cost))
    return tries[best]


def _laid(before: Layout, act: DraftAct, fresh: DoorRow | None) -> Layout:
    return rearranged(before, act) if fresh is None else put_back(before, act, fresh)


def _accepted(layout: Layout, act: DraftAct, broken: Collection[Broken]) -> Layout:
    """What a stop, or a route as a whole, breaks may stand from now on, by as much as now."""
    if act.reason not in ACCEPTABLE:
        raise DomainError("accept_reason_missing", kind="invalid", field="reason")
    shift = find(layout, act.stop_id).shift if act.stop_id is not None else act.shift_id
    mine = [one for one in broken if (one.shift_id, one.stop_id) == (shift, act.stop_id) and not one.accepted]
    if not mine:
        raise DomainError("act_changes_nothing")
    return _marked(layout, mine, act.reason)


def _given_away(layout: Layout, act: DraftAct, broken: Collection[Broken], bench: Bench) -> Layout:
    """A stop that a coordinator gives to another office's courier is there on purpose, unless its papers lie elsewhere."""
    if act.kind in {ActKind.LOCK, ActKind.UNLOCK, ActKind.ACCEPT}:
        return layout
    fine = {number for number, job in bench.jobs.items() if job.origin is None}
    mine = [one for one in broken if one.cause == "office" and one.stop_id in fine and not one.accepted]
    return _marked(layout, mine, OTHER_OFFICE)


def _marked(layout: Layout, broken: Collection[Broken], reason: str) -> Layout:
    for one in broken:
        way = layout.ways[one.shift_id]
        fact = {one.cause: {"amount": one.amount, "reason": reason}}
        if one.stop_id is None:
            way = way.having(accepted={**(way.row["accepted"] or {}), **fact})
        doors = tuple(
            door.having(accepted={**(door.row["accepted"] or {}), **fact}) if door.id == one.stop_id else door
            for door in way.doors
        )
        layout = replace(layout, ways={**layout.ways, one.shift_id: replace(way, doors=doors)})
    return layout


def act_on_draft(session: Session, command: ActOnDraft) -> PlanAct:
    """Do what was proposed, unless one of its offices has changed since. Raises `office_changed`, and what `propose` raises."""
    plan = lock_draft(session, command.plan_id, None)
    found = _priced(session, plan, command.act)
    check_seen(session, plan, found.seen, command.seen)
    after = _numbered(session, found.after)
    write_layout(session, plan, found.before, after)
    kept = PlanAct(
        plan_id=plan.id,
        kind=command.act.kind.value,
        offices=sorted(found.seen),
        shifts=list(found.shifts),
        errands=list(found.errands),
        before=found.before.as_json(),
        after=after.as_json(),
        figures=figures_as_json(found.figures),
    )
    return keep_act(session, plan, kept, found.figures, command.by, command.now)


def figures_as_json(figures: ActFigures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in ActFigures.__slots__}


def keep_act(session: Session, plan: Plan, kept: PlanAct, figures: ActFigures, by: str, now: datetime) -> PlanAct:
    """Add the act to the log, its figures to the plan, and a revision to the plan and to each of its offices."""
    kept.by, kept.at = by, now
    session.add(kept)
    recount(session, plan)
    plan.onward_m += figures.onward_m
    plan.violations += figures.broken
    plan.served += figures.served
    plan.revision += 1
    session.execute(
        update(PlanOffice)
        .where(PlanOffice.plan_id == plan.id, PlanOffice.office_id.in_(kept.offices))
        .values(revision=PlanOffice.revision + 1, changed_by=by, changed_at=now, changed_what=kept.kind)
        .execution_options(synchronize_session="fetch")
    )
    session.flush()
    audit.record(session, by, f"plan.{kept.kind}", "plan", plan.id, now, act=kept.id)
    session.flush()
    return kept


def _numbered(session: Session, layout: Layout) -> Layout:
    """Give the stops and routes that a proposal made up their numbers."""
    ways = {}
    for shift, way in layout.ways.items():
        row, doors = way.row, way.doors
        if row["id"] <= NEW and doors:
            row = {**row, "id": _next(session, "route")}
        doors = tuple(door.having(id=_next(session, "stop")) if door.id == NEW else door for door in doors)
        ways[shift] = RouteRow(row, doors)
    return replace(layout, ways=ways)


def _next(session: Session, table: str) -> int:
    number: int = session.scalars(select(func.nextval(func.pg_get_serial_sequence(table, "id")))).one()
    return number


def revisions(session: Session, plan: Plan, offices: Collection[int]) -> dict[int, int]:
    rows = select(PlanOffice.office_id, PlanOffice.revision)
    found = session.execute(rows.where(PlanOffice.plan_id == plan.id, PlanOffice.office_id.in_(offices)))
    return {row.office_id: row.revision for row in found}


def check_seen(session: Session, plan: Plan, now: Mapping[int, int], seen: Mapping[int, int]) -> None:
    """Raises `office_changed`, which says who did what, and when."""
    stale = [office for office, revision in now.items() if seen.get(office) != revision]
    if not stale:
        return
    changed = session.execute(
        select(Office.name, PlanOffice.changed_what, PlanOffice.changed_at, PlanOffice.changed_by, StaffAccount.name)
        .select_from(PlanOffice)
        .join(Office, Office.id == PlanOffice.office_id)
        .outerjoin(StaffAccount, func.concat("staff:", StaffAccount.id) == PlanOffice.changed_by)
        .where(PlanOffice.plan_id == plan.id, PlanOffice.office_id.in_(stale), PlanOffice.changed_at.is_not(None))
        .order_by(PlanOffice.changed_at.desc())
    ).first()
    if changed is None:
        raise DomainError("plan_changed", plan=plan.id)
    office, what, at, by, name = changed
    raise DomainError("office_changed", office=office, act=what, at=at, who=name or by)

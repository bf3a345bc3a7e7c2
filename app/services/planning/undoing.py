"""Take an act on a draft back, or do it again: a new act that writes the rows as they stood before."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.draft_acts import ActKind, UndoAct
from app.domain.errors import DomainError
from app.models import PlanAct, StaffAccount
from app.services.planning.acting import ActFigures, figures_as_json, keep_act
from app.services.planning.layout import from_json, read_layout, write_layout
from app.services.planning.publishing import lock_draft


def undo(session: Session, command: UndoAct) -> PlanAct:
    """Restore what the act changed, to the byte; other acts on other routes stay.

    Raises `not_found`, `plan_not_draft`, `act_undone` already, or `act_built_on` by a later one, which it names.
    """
    plan = lock_draft(session, command.plan_id, None)
    act = _asked_for(session, command)
    if act.undone_by_id is not None:
        raise DomainError("act_undone")
    now = read_layout(session, plan, act.shifts, act.errands)
    if now.as_json() != act.after:
        raise _built_on(session, act)
    before = from_json(act.before)
    write_layout(session, plan, now, before)
    figures = ActFigures(**act.figures).back()
    again = act.kind == ActKind.UNDO.value
    kept = PlanAct(
        plan_id=plan.id,
        kind=(ActKind.REDO if again else ActKind.UNDO).value,
        offices=act.offices,
        shifts=act.shifts,
        errands=act.errands,
        before=act.after,
        after=act.before,
        figures=figures_as_json(figures),
        undoes_id=act.id,
    )
    keep_act(session, plan, kept, figures, command.by, command.now)
    act.undone_by_id = kept.id
    if again:
        _stands_again(session, act)
    session.flush()
    return kept


def _asked_for(session: Session, command: UndoAct) -> PlanAct:
    """The act; for one that was done again, the act that was done first."""
    act = session.get(PlanAct, command.act_id, populate_existing=True)
    if act is None or act.plan_id != command.plan_id:
        raise DomainError("not_found", kind="not_found")
    if act.kind != ActKind.REDO.value:
        return act
    undoing = session.get_one(PlanAct, act.undoes_id)
    return session.get_one(PlanAct, undoing.undoes_id)


def _stands_again(session: Session, undoing: PlanAct) -> None:
    """What was taken back and is done again can be taken back again: by its own entry, the redoing is no second one."""
    first = session.get_one(PlanAct, undoing.undoes_id)
    first.undone_by_id = None


def _built_on(session: Session, act: PlanAct) -> DomainError:
    """The newest act since that stands on the same routes or errands."""
    later = session.execute(
        select(PlanAct, StaffAccount.name)
        .outerjoin(StaffAccount, func.concat("staff:", StaffAccount.id) == PlanAct.by)
        .where(
            PlanAct.plan_id == act.plan_id,
            PlanAct.id > act.id,
            PlanAct.undone_by_id.is_(None),
            PlanAct.kind.not_in([ActKind.UNDO.value, ActKind.REDO.value]),
        )
        .order_by(PlanAct.id.desc())
    )
    for other, name in later:
        if set(other.shifts) & set(act.shifts) or set(other.errands) & set(act.errands):
            return DomainError("act_built_on", act=other.kind, at=other.at, who=name or other.by)
    return DomainError("plan_changed", plan=act.plan_id)

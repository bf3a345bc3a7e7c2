"""A courier puts right what was recorded at a door: his own act, until the counter has taken over; later a person looks."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.clock import local_day
from app.domain.acts import Amended
from app.domain.amendment import AMENDABLE, Amend, AmendableField
from app.domain.errors import DomainError
from app.domain.operation import OperationKind
from app.domain.standing import holder_at
from app.models import CustodyEvent, Operation, Plan, Route, Run
from app.services.sync.context import OperationContext
from app.services.visits import amendments

MALFORMED: Final = "operation_malformed"


def act_of(context: OperationContext, amends: UUID) -> Operation | None:
    """The act that it is about, of this batch or of before."""
    found = context.taken.get(amends)
    return found if found is not None else context.work.get(Operation, amends)


def is_own(context: OperationContext, act: Operation) -> bool:
    """Told by this courier, from whichever phone."""
    return act.device_id == context.device.id or act.device.courier_id == context.courier_id


def amended(context: OperationContext, said: Amended) -> None:
    act = act_of(context, said.amends)
    if act is None or act.kind not in AMENDABLE:
        context.look("amended_unknown")
        return
    if act.errand_id != context.errand_id or not said.changes.keys() <= AMENDABLE[act.kind]:
        raise DomainError(MALFORMED, kind="invalid", faults=[("changes", "")])
    late = _is_late(context, act)
    amendment = amendments.amend(
        context.work,
        Amend(
            errand_id=context.errand_id,
            amends=str(said.amends),
            kind=act.kind,
            why=said.why,
            changes=said.changes,
            by=context.by,
            operation_id=context.operation_id,
            occurred_at=context.occurred_at,
            now=context.now,
            late=late,
        ),
    )
    context.errand = amendment.errand
    if late:
        context.look("amended_late")
    if AmendableField.OUTCOME in said.changes:
        context.look("amended_outcome")  # invitations and the next visit follow from it: a person does that


def _is_late(context: OperationContext, act: Operation) -> bool:
    """The counter had taken over before: the run of that day was ended, or the envelope was not with the courier any more."""
    return _run_ended(context, act) or (act.kind is OperationKind.COLLECTED and _handed_on(context, act))


def _run_ended(context: OperationContext, act: Operation) -> bool:
    day = local_day(act.corrected_at)
    mine = (Route.courier_id == context.courier_id, Plan.day == day)
    runs = select(Run).join(Route, Route.id == Run.route_id).join(Plan, Plan.id == Route.plan_id).where(*mine)
    ends = [run.ended_at for run in context.work.scalars(runs)]
    return any(end is not None and act.corrected_at <= end <= context.occurred_at for end in ends)


def _handed_on(context: OperationContext, act: Operation) -> bool:
    sealed = select(CustodyEvent.parcel_id).where(CustodyEvent.operation_id == str(act.id))
    events = context.work.scalars(select(CustodyEvent).where(CustodyEvent.parcel_id.in_(sealed))).all()
    holder = holder_at([event.move() for event in events], context.occurred_at)
    return holder is not None and holder != context.me

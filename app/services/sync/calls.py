"""Calls as acts: each press of the call button is kept, and proves that somebody was tried to be reached."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.clock import LOCAL, local_day, start_of_day
from app.domain.acts import Called, NotDone
from app.models import Errand, PhoneCall
from app.services.sync.context import OperationContext
from app.services.visits import failures

CALLS_APART: Final = timedelta(minutes=10)
ONE, TWO = "call", "two_calls"  # as outcomes name what they demand


def called(context: OperationContext, said: Called) -> None:
    """Kept beside the visit; it moves nothing, so whoever calls about a visit that is not his is asked nothing."""
    if context.work.get(Errand, context.errand_id) is None:
        context.look("not_your_errand")
        return
    call = PhoneCall(
        errand_id=context.errand_id,
        courier_id=context.courier_id,
        whom=said.whom,
        operation_id=context.operation_id,
        occurred_at=context.occurred_at,
        received_at=context.now,
    )
    context.work.add_later(call)


def evidence_of_calls(context: OperationContext, said: NotDone) -> dict[str, str]:
    """What the day's calls prove: those that this courier's phone told as acts; only where it told none, those that the act
    itself tells (an app of before keeps them nowhere else).
    """
    kept = _kept(context) if _demands_calls(context, said.outcome) else ()
    if kept:
        words = ", ".join(f"{moment.astimezone(LOCAL):%H:%M}" for moment in kept)
        return {ONE: words} | ({TWO: words} if _apart(kept) else {})
    given = {key: said.evidence[key] for key in (ONE, TWO) if key in said.evidence}
    if TWO in given and not _apart(said.calls):
        del given[TWO]
    return given


def _demands_calls(context: OperationContext, outcome: str) -> bool:
    return not {ONE, TWO}.isdisjoint(failures.evidence_of(context.work, outcome))


def _kept(context: OperationContext) -> tuple[datetime, ...]:
    """Of this courier at this errand, on the day of the act and before it."""
    made = (
        PhoneCall.errand_id == context.errand_id,
        PhoneCall.courier_id == context.courier_id,
        PhoneCall.occurred_at >= start_of_day(local_day(context.occurred_at)),
        PhoneCall.occurred_at <= context.occurred_at,
    )
    context.work.flush()
    return tuple(context.work.scalars(select(PhoneCall.occurred_at).where(*made).order_by(PhoneCall.occurred_at)))


def _apart(calls: tuple[datetime, ...]) -> bool:
    """Two calls at least ten minutes apart: one clock measured both."""
    return len(calls) > 1 and max(calls) - min(calls) >= CALLS_APART

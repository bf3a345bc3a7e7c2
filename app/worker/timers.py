"""What the worker does by the clock, its own: a demonstration's clock stands between 07:30 and 16:20 and reaches none of it."""

from __future__ import annotations

from app.services.messaging import messages
from app.services.planning import timetable
from app.worker.context import WorkerContext


def look_at_the_clock(context: WorkerContext) -> None:
    """Do what is due and not done yet. Any number of workers may look at once: one of them acts."""
    now = context.clock.now()
    with context.database.transaction() as session:
        if timetable.my_turn(session):
            timetable.order_draft(session, now)
            timetable.order_final(session, now)
    with context.database.transaction() as session:
        if timetable.my_turn(session):
            timetable.stand_in(session, now)
    if timetable.is_evening(now):
        with context.database.transaction() as session:
            if timetable.my_turn(session):
                messages.tell_evening_before(session, timetable.tomorrow(now), now, context.keys)

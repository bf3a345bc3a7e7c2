"""Defer and cancel jobs inside the business transaction. The only place that calls procrastinate's SQL (docs/platform.md).

The SQL functions are internal to procrastinate 3.10: the minor version is pinned and `tests/app/test_jobs.py` holds us to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from app.unit_of_work import UnitOfWork
from app.watching.trail import carried

QUEUES: Mapping[str, str] = {
    "plan_day": "plans",
    "announce_plan": "messages",
    "deliver_message": "messages",
    "deliver_code": "codes",
    "confirm_proof": "messages",
    "store_file": "files",
    "delete_file": "files",
    "keep_time_limits": "sys",
    "list_erasures": "sys",
    "tell_one_stop": "one_stop",
    "tell_carrier": "carrier",
    "tell_subscriber": "webhooks",
    "take_arrivals": "arrivals",
    "poll_one_stop": "polls",
    "poll_carrier": "polls",
    "ask_operators": "reports",
    "sync_procedures": "polls",
    "reconcile": "polls",
    "sign_digests": "sys",
    "carry_over": "sys",
    "learn_travel_times": "sys",
    "learn_landmarks": "sys",
}

_DEFER = text(
    "select unnest(procrastinate_defer_jobs_v1(array["
    "row(cast(:queue as varchar), cast(:task as varchar), 0, cast(:lock as text), cast(:queueing_lock as text), "
    "cast(:args as jsonb), cast(:at as timestamptz))::procrastinate_job_to_defer_v1]))"
).bindparams(bindparam("args", type_=JSONB))
_DEFER_ALL = text(
    "select count(procrastinate_defer_jobs_v1(array["
    "row(cast(:queue as varchar), cast(:task as varchar), 0, null, null, args, cast(:at as timestamptz))"
    "::procrastinate_job_to_defer_v1])) from jsonb_array_elements(:all) as args"
).bindparams(bindparam("all", type_=JSONB))
_HASTEN = text(
    "update procrastinate_jobs set scheduled_at = null "
    "where task_name = :task and status = 'todo' and scheduled_at > now() and args->>:name = any(:values) returning id"
)
_FORGET = text(
    "delete from procrastinate_jobs where id in (select id from procrastinate_jobs job "
    "where status in ('succeeded', 'failed', 'cancelled', 'aborted') and not exists "
    "(select from procrastinate_events told where told.job_id = job.id and told.at >= :before) "
    "order by id limit :at_most for update skip locked)"
)
_AWAITED = text(
    "select exists (select from procrastinate_jobs "
    "where task_name = :task and status in ('todo', 'doing') and args->>:name = :value)"
)
_WAITING = text(
    "select count(*) from procrastinate_jobs where task_name = :task and status = 'todo' "
    "and (scheduled_at is null or scheduled_at < now() + interval '1 hour')"
)
_CANCEL = text("select procrastinate_cancel_job_v1(cast(:id as bigint), :abort, false)")


def defer(
    work: UnitOfWork, task: str, args: Mapping[str, Any], *, lock: str | None = None, at: datetime | None = None
) -> int:
    """Promise `task(**args)` when this transaction commits; nothing when it rolls back. Returns the job's id.

    Jobs that share a `lock` run one after the other. With `jobs_muted` nothing is promised, and the id is 0.
    """
    if work.jobs_muted:
        return 0
    params = {
        "queue": QUEUES[task],
        "task": task,
        "lock": lock,
        "queueing_lock": None,
        "args": {**args, **carried()},
        "at": at,
    }
    return int(work.execute(_DEFER, params).scalar_one())


def defer_all(work: UnitOfWork, task: str, args: Sequence[Mapping[str, Any]], *, at: datetime | None = None) -> None:
    """Promise `task` once for each of `args`, in one statement."""
    if args and not work.jobs_muted:
        params = {"queue": QUEUES[task], "task": task, "all": [{**one, **carried()} for one in args], "at": at}
        work.execute(_DEFER_ALL, params).scalar_one()


def cancel(session: Session, job_id: int, *, abort: bool = False) -> bool:
    """Withdraw a job that nobody has begun (or, with `abort`, ask the worker to stop). False when it is too late."""
    return session.execute(_CANCEL, {"id": job_id, "abort": abort}).scalar_one() is not None


def hasten(session: Session, task: str, name: str, values: Sequence[str]) -> int:
    """Let promised jobs come now that would come later, those of `task` whose argument `name` is one of `values`; how many.

    The same job comes earlier: a second one beside it would do the work twice.
    """
    return len(session.scalars(_HASTEN, {"task": task, "name": name, "values": list(values)}).all())


def is_awaited(session: Session, task: str, name: str, value: str) -> bool:
    """Is there a job of `task` with this argument that somebody does, or will do?"""
    return bool(session.execute(_AWAITED, {"task": task, "name": name, "value": value}).scalar_one())


def waiting(session: Session, task: str) -> int:
    """How many jobs of `task` wait to be done within the hour."""
    return int(session.execute(_WAITING, {"task": task}).scalar_one())


def forget_finished(session: Session, before: datetime, at_most: int) -> int:
    """Delete at most so many jobs that ended before, with their arguments; how many."""
    gone = session.execute(_FORGET, {"before": before, "at_most": at_most})
    assert isinstance(gone, CursorResult)
    return gone.rowcount

"""Order a plan, and keep its progress where the coordinator's page can read it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import jobs
from app.domain.commands import AskForPlan
from app.domain.errors import DomainError
from app.models import Office, Planning
from app.unit_of_work import UnitOfWork

ENGINES = ("auto", "insertion", "ortools", "pyvrp", "sisr", "vroom")
MOST_SECONDS = 600
BALANCE_S = (300, 36_000)


def ask_for_plan(work: UnitOfWork, command: AskForPlan, *, by_job: bool = True) -> Planning:
    """Write the order and, with `by_job`, promise the job `plan_day` in the same transaction.

    Raises `unknown_offices`, `unknown_assignment`, `unknown_engine`, `seconds_out_of_range` or
    `balance_out_of_range`, each at its field.
    """
    _check(work, command)
    planning = Planning(
        day=command.day,
        office_ids=[{"id": office_id} for office_id in sorted(set(command.office_ids))] or None,
        assignment=command.assignment,
        engine=command.engine,
        seconds=command.seconds,
        seed=command.seed,
        publish=command.publish,
        balance_s=command.balance_s,
        state="queued",
        asked_by=command.by,
        asked_at=command.now,
    )
    work.add(planning)
    work.flush()
    if by_job:
        jobs.defer(work, "plan_day", {"planning_id": planning.id})
    return planning


def _check(session: Session, command: AskForPlan) -> None:
    wanted = set(command.office_ids)
    known = set(session.scalars(select(Office.id).where(Office.id.in_(wanted), Office.closed_at.is_(None))))
    if wanted - known:
        missing = ", ".join(str(office_id) for office_id in sorted(wanted - known))
        raise DomainError("unknown_offices", kind="invalid", field="office_ids", offices=missing)
    if command.assignment not in {"home", "free"}:
        raise DomainError("unknown_assignment", kind="invalid", field="assignment", given=command.assignment)
    if command.engine not in ENGINES:
        known_engines = ", ".join(ENGINES)
        raise DomainError("unknown_engine", kind="invalid", field="engine", given=command.engine, known=known_engines)
    if not 0 < command.seconds <= MOST_SECONDS:
        raise DomainError("seconds_out_of_range", kind="invalid", field="seconds", most=MOST_SECONDS)
    least, most = BALANCE_S
    if command.balance_s is not None and not least <= command.balance_s <= most:
        raise DomainError("balance_out_of_range", kind="invalid", field="balance", least=least // 60, most=most // 60)


def start(session: Session, planning_id: int) -> Planning | None:
    """Take up an order; None when its plan exists already (the job came a second time) or the order is gone."""
    planning = session.get(Planning, planning_id, with_for_update=True, populate_existing=True)
    if planning is None or planning.state == "done":
        return None
    planning.state, planning.error, planning.progress_done, planning.finished_at = "running", None, 0, None
    return planning


def report_progress(session: Session, planning_id: int, done: int, total: int) -> None:
    """Say how many parts (offices, then clusters) are finished."""
    session.execute(
        update(Planning)
        .where(Planning.id == planning_id, Planning.state == "running")
        .values(progress_done=done, progress_total=total)
    )


def fail(session: Session, planning_id: int, error: str, now: datetime) -> None:
    """Say that no plan came of it, why (a code of `app.texts`; the first that was said stands), and when."""
    session.execute(
        update(Planning)
        .where(Planning.id == planning_id, Planning.state.not_in(("done", "failed")))
        .values(state="failed", error=error, finished_at=now)
    )

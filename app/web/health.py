"""Who restarts us asks `/livez`, a balancer `/readyz`; `/healthz` and `/metrics` are for whoever watches: nothing about a person."""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.queries.partners.link_state import LinkState, link_states
from app.web.auth import public, signed_in_staff
from app.web.limits import limiter
from app.web.session import now, settings, transaction

bp = Blueprint("health", __name__)

LEAST_FREE = 200 * 1024 * 1024  # bytes: a day's photographs; below it somebody must make room
STALE_S = 600  # a job that waited this long: no worker is at work

_WAITING = text(
    "select count(*), coalesce(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at))), 0) "
    "from procrastinate_jobs j left join procrastinate_events e on e.job_id = j.id and e.type = 'deferred' "
    "where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= now())"
)
_COUNTS = {
    "tannha_errands": ("state", "select state, count(*) from errand group by state"),
    "tannha_messages": ("state", "select state, count(*) from message group by state"),
    "tannha_plans": ("state", "select state, count(*) from plan group by state"),
    "tannha_plannings": ("state", "select state, count(*) from planning group by state"),
    "tannha_jobs": ("status", "select status::text, count(*) from procrastinate_jobs group by status"),
    "tannha_parcels": ("holder", "select holder, count(*) from parcel group by holder"),
}
_TOTALS = {
    "tannha_service_requests_total": "select count(*) from service_request",
    "tannha_custody_events_total": "select count(*) from custody_event",
    "tannha_custody_gaps_open": "select count(*) from custody_gap where closed_at is null",
}
_LINKS: Mapping[str, Callable[[LinkState, datetime], int]] = {
    "tannha_link_enabled": lambda state, _now: int(state.link.enabled),
    "tannha_link_breaker_open": lambda state, now: int(state.silent_until(now) is not None),
    "tannha_link_queue": lambda state, _now: state.queued,
    "tannha_link_queue_oldest_seconds": lambda state, now: state.age_s(now),
    "tannha_link_waiting_for_a_person": lambda state, _now: state.for_a_person,
    "tannha_link_arrivals_parked": lambda state, _now: state.inbox_parked,
}


@bp.get("/livez")
@public
def livez() -> ResponseReturnValue:
    """This process answers: whoever restarts processes asks this, for a restart mends neither database nor queue."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """This web server can work: what a balancer asks. A late queue is the workers' matter, and takes nobody out."""
    try:
        with transaction() as session:
            session.execute(text("select"))
    except (SQLAlchemyError, DomainError):
        return jsonify(status="down", database="down"), 503
    return jsonify(status="ok", database="ok")


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    try:
        with transaction() as session:
            waiting, oldest = session.execute(_WAITING).one()
    except (SQLAlchemyError, DomainError):
        return jsonify(status="down", database="down"), 503
    late = oldest > STALE_S
    queue = {"waiting": waiting, "oldest_s": round(float(oldest))}
    full = _disk_free() < LEAST_FREE
    status = "full" if full else "late" if late else "ok"
    disk = "full" if full else "ok"
    return jsonify(status=status, database="ok", queue=queue, disk=disk), 503 if late or full else 200


def _disk_free() -> int:
    """Bytes that are free where keys, files and a database of our own lie."""
    folder = settings().var
    return shutil.disk_usage(next(path for path in (folder, *folder.parents) if path.exists())).free


def _may_read() -> bool:
    """Whoever knows the token, or an administrator. No address says who asks: a proxy may speak from loopback."""
    token = settings().metrics_token
    if token is not None and hmac.compare_digest(
        request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
    ):
        return True
    account = signed_in_staff()
    return account is not None and account.role is Role.ADMIN


def _lines(session: Session) -> list[str]:
    lines = []
    for name, (label, query) in _COUNTS.items():
        lines.append(f"# TYPE {name} gauge")
        lines += [f'{name}{{{label}="{value}"}} {count}' for value, count in session.execute(text(query))]
    for name, query in _TOTALS.items():
        kind = "counter" if name.endswith("_total") else "gauge"
        lines += [f"# TYPE {name} {kind}", f"{name} {session.execute(text(query)).scalar_one()}"]
    lines += _of_links(link_states(session, now()), now())
    lines += _of_limits()
    waiting, oldest = session.execute(_WAITING).one()
    lines += ["# TYPE tannha_disk_free_bytes gauge", f"tannha_disk_free_bytes {_disk_free()}"]
    lines += ["# TYPE tannha_queue_waiting gauge", f"tannha_queue_waiting {waiting}"]
    lines += ["# TYPE tannha_queue_oldest_seconds gauge", f"tannha_queue_oldest_seconds {float(oldest):.0f}"]
    return lines


def _of_links(states: Sequence[LinkState], moment: datetime) -> Iterator[str]:
    """A connection by its name: never whose endpoint it is, nor where."""
    for name, value in _LINKS.items():
        yield f"# TYPE {name} gauge"
        yield from (f'{name}{{link="{state.name}"}} {value(state, moment)}' for state in states)


def _of_limits() -> Iterator[str]:
    """Of the process that answers. `away`: the shared counters failed, and each process counts alone."""
    brake = limiter.brake
    for name, kind, value in (
        ("tannha_limits_refused_total", "counter", brake.refused),
        ("tannha_limits_storage_failures_total", "counter", brake.failures),
        ("tannha_limits_storage_away", "gauge", int(brake.away)),
    ):
        yield from (f"# TYPE {name} {kind}", f"{name} {value}")


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    if not _may_read():
        raise DomainError("not_found", kind="not_found")
    with transaction() as session:
        lines = _lines(session)
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")

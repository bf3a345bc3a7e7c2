"""Who restarts us asks `/livez`, a balancer `/readyz`; `/healthz` and `/metrics` are for whoever watches: nothing about a person."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.queries.figures import DatabaseFigures, waiting
from app.watching import figures
from app.web.auth import public, signed_in_staff
from app.web.session import now, settings, transaction

bp = Blueprint("health", __name__)

LEAST_FREE = 200 * 1024 * 1024  # bytes: a day's photographs; below it somebody must make room
STALE_S = 600  # a job that waited this long: no worker is at work


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
            queues = waiting(session).values()
    except (SQLAlchemyError, DomainError):
        return jsonify(status="down", database="down"), 503
    oldest_s = max(oldest_s for _, oldest_s in queues)
    late = oldest_s > STALE_S
    queue = {"waiting": sum(count for count, _ in queues), "oldest_s": round(oldest_s)}
    full = figures.disk_free(settings().var) < LEAST_FREE
    status = "full" if full else "late" if late else "ok"
    disk = "full" if full else "ok"
    return jsonify(status=status, database="ok", queue=queue, disk=disk), 503 if late or full else 200


def _may_read() -> bool:
    """Whoever knows the token, or an administrator. No address says who asks: a proxy may speak from loopback."""
    token = settings().metrics_token
    if token is not None and hmac.compare_digest(
        request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
    ):
        return True
    account = signed_in_staff()
    return account is not None and account.role is Role.ADMIN


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    if not _may_read():
        raise DomainError("not_found", kind="not_found")
    database = DatabaseFigures(transaction, now)
    return Response(figures.page(database, figures.Disk(settings().var)), content_type=CONTENT_TYPE_PLAIN_0_0_4)

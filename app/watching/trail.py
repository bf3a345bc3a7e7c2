"""One id from a request through the jobs that it promised to the calls that these make: whoever reads the logs can follow it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from structlog.contextvars import bind_contextvars, bound_contextvars, clear_contextvars, get_contextvars

from app.watching import traces

KEY: Final = "_trail"  # among a job's arguments
CHILD: Final = "TANNHA_TRAIL"  # no setting: from process to process
HEADER: Final = "X-Request-ID"


def begin(request_id: str) -> None:
    """A request begins in this thread: its lines are its own."""
    clear_contextvars()
    bind_contextvars(request=request_id)


def end() -> None:
    clear_contextvars()


def carried() -> dict[str, Any]:
    """What a job is given along, so that it can say what it belongs to; nothing, where nobody asked for it."""
    request = get_contextvars().get("request")
    return {KEY: {"request": request, **traces.carried()}} if request is not None else {}


def of_job(job_id: int | None, given: Mapping[str, Any]) -> AbstractContextManager[None]:
    """While a job is done; `given`: what `carried` gave it."""
    belongs = {"request": str(given["request"])} if "request" in given else {}
    return bound_contextvars(job=job_id, **belongs)


def to_child() -> dict[str, str]:
    """For the environment of a process that goes on with this piece of work."""
    return {CHILD: json.dumps({**get_contextvars(), **traces.carried()})}


def from_parent() -> dict[str, str]:
    """What the lines of this process belong to from now on; returns the `traceparent` it was given, if any."""
    given: dict[str, Any] = json.loads(os.environ.pop(CHILD, "{}"))
    bind_contextvars(**{name: given[name] for name in ("request", "job") if name in given})
    return {name: given[name] for name in ("traceparent",) if name in given}


def headers() -> dict[str, str]:
    """What a call outside carries."""
    known = get_contextvars()
    if "request" in known:
        return {HEADER: str(known["request"]), **traces.carried()}
    return {HEADER: f"job-{known['job']}", **traces.carried()} if "job" in known else traces.carried()

"""A phone's batch on which the database gave up is taken again in two halves, and at last operation by operation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import OperationalError

from app.database import TOO_SLOW, WEB, hurry, sqlstate
from app.domain.operation import Sent
from app.schemas.operations import WireReader
from app.services import sync
from app.web.session import keys, language, now, transaction

LEAST_S: Final = 2.0


def take_in(device_id: UUID, sent: Sent, statement_s: float = WEB.statement_s) -> dict[str, Any]:
    """What `sync.receive` answers. What is in stays in, whatever becomes of the other half: the phone may send it again.

    A half has half the time, so that the phone is answered before it gives up; an operation that takes too long even by
    itself is kept for a person. A lock that somebody holds is nobody's fault: that is `passes`, for the whole batch.
    """
    try:
        return _receive(device_id, sent, statement_s)
    except OperationalError as fault:
        if sqlstate(fault) != TOO_SLOW:
            raise
    less_s = max(LEAST_S, statement_s / 2)
    if len(sent.ops) == 1:
        return _receive(device_id, replace(sent, last_try=True), less_s)
    middle = len(sent.ops) // 2
    first = take_in(device_id, replace(sent, ops=sent.ops[:middle]), less_s)
    second = take_in(device_id, replace(sent, ops=sent.ops[middle:]), less_s)
    return {**second, "answers": [*first["answers"], *second["answers"]]}


def _receive(device_id: UUID, sent: Sent, statement_s: float) -> dict[str, Any]:
    with transaction() as work:
        if statement_s != WEB.statement_s:
            hurry(work, statement_s)
        return sync.receive(work, device_id, replace(sent, language=language()), WireReader(), keys(), now())

"""Compare us with the national exchange and the carriers; the nightly job and `tannha reconcile`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from app.gateways import one_stop
from app.services.inbox import reconciling
from app.services.inbox.reconciling import Reconciliation
from app.worker import poll_carrier, poll_one_stop
from app.worker.context import WorkerContext
from integrations.errors import BadAnswer, Rejected, Unavailable
from integrations.one_stop import NationalExchange

log = logging.getLogger(__name__)

Asked = Sequence[tuple[UUID, str]]
AWAY: Final = 5  # lost answers in a row


def reconcile(context: WorkerContext) -> Reconciliation:
    """Ask about every dossier and read what the carriers tell. Raises Unavailable when the exchange is away.

    An answer that got lost is asked for once more at the end: of ten thousand some always do.
    """
    found = Reconciliation()
    exchange = one_stop(context.settings)
    if exchange is not None:
        with context.database.transaction() as session:
            asked = reconciling.dossiers(session, context.clock.now())
        _compare_all(context, exchange, found, asked)
    poll_carrier.poll(context)
    poll_carrier.take(context)
    with context.database.transaction() as session:
        reconciling.orders_unknown_here(session, found)
        found.checked += len(reconciling.orders_to_check(session))
    return found


def _compare_all(context: WorkerContext, exchange: NationalExchange, found: Reconciliation, asked: Asked) -> None:
    lost = _compare(context, exchange, found, asked, min(AWAY, len(asked)))
    for dossier_id, code in _compare(context, exchange, found, lost, len(lost) + 1):
        log.warning("one_stop: dossier %s could not be read: no answer, twice", dossier_id)
        found.unread.append(code)


def _compare(
    context: WorkerContext, exchange: NationalExchange, found: Reconciliation, asked: Asked, patience: int
) -> Asked:
    """Returns those whose answer got lost. Raises Unavailable after `patience` of them in a row: they are away."""
    lost: list[tuple[UUID, str]] = []
    in_a_row = 0
    for dossier_id, code in asked:
        try:
            heard = poll_one_stop.ask(exchange, code)
        except Unavailable:
            lost.append((dossier_id, code))
            in_a_row += 1
            if in_a_row == patience:
                raise
            continue
        except (Rejected, BadAnswer) as error:
            log.warning("one_stop: dossier %s could not be read: %s", dossier_id, error.reason)
            found.unread.append(code)
            continue
        in_a_row = 0
        with context.database.transaction() as session:
            reconciling.compare_dossier(session, found, dossier_id, heard, context.clock.now())
    return lost

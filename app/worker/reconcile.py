"""Compare us with the national exchange and the carriers; the nightly job and `tannha reconcile`."""

from __future__ import annotations

import logging

from app.gateways import one_stop
from app.services import reconciling
from app.services.reconciling import Reconciliation
from app.worker import poll_carrier, poll_one_stop
from app.worker.work import Work
from integrations.errors import BadAnswer, Rejected

log = logging.getLogger(__name__)


def reconcile(work: Work) -> Reconciliation:
    """Ask about every dossier and read what the carriers tell. Raises Unavailable when the exchange is away."""
    found = Reconciliation()
    exchange = one_stop(work.settings)
    if exchange is not None:
        with work.database.transaction() as session:
            asked = reconciling.dossiers(session, work.clock.now())
        for dossier_id, code in asked:
            try:
                heard = poll_one_stop.ask(exchange, code)
            except (Rejected, BadAnswer) as error:
                log.warning("one_stop: dossier %s could not be read: %s", dossier_id, error.reason)
                continue
            with work.database.transaction() as session:
                reconciling.compare_dossier(session, found, dossier_id, heard, work.clock.now())
    poll_carrier.poll(work)
    poll_carrier.take(work)
    with work.database.transaction() as session:
        reconciling.orders_unknown_here(session, found)
        found.checked += len(reconciling.orders_to_check(session))
    return found

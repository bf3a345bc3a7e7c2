"""Ask the national exchange about the dossiers that are open here; a bad one never stops the others."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import datetime
from typing import Final
from uuid import UUID

from app.clock import local_day
from app.domain.entitlement import OwnerKnown
from app.gateways import one_stop
from app.services.booking import entitlements
from app.services.inbox import dossier_states
from app.services.inbox.dossier_states import AGAIN_AFTER, Heard
from app.services.outbox import link_health, links, queue
from app.worker.context import WorkerContext
from integrations.errors import BadAnswer, Rejected, Unavailable
from integrations.one_stop import DossierFound, NationalExchange, StateMeaning

log = logging.getLogger(__name__)

AT_MOST: Final = 200  # a minute
LONGEST_CODE: Final = 3


def poll(context: WorkerContext, most: int = AT_MOST) -> dict[str, int]:
    """One round; how many answers of each kind. Ends early, without an error, when they are away."""
    exchange = one_stop(context.settings)
    done: Counter[str] = Counter()
    if exchange is None:
        return done
    with context.database.transaction() as session:
        if link_health.may_call_in_s(session, links.ONE_STOP, context.clock.now()) > 0:
            return done
        wanted = entitlements.to_ask(session, context.clock.now() - AGAIN_AFTER, most)
        asked = dossier_states.to_ask(session, context.clock.now(), most)
    for dossier_id, code in wanted:
        if not _compare(context, exchange, dossier_id, code, done):
            return done
    for dossier_id, code in asked:
        try:
            heard = ask(exchange, code)
        except Unavailable as error:
            with context.database.transaction() as session:
                link_health.failed(session, links.ONE_STOP, f"Unavailable: {error.reason}", context.clock.now())
            return done
        except (Rejected, BadAnswer) as error:
            log.warning("one_stop: dossier %s could not be read: %s", dossier_id, error.reason)
            done["unreadable"] += 1
            continue
        with context.database.transaction() as session:
            queue.link_answered(session, links.ONE_STOP, context.clock.now())
            done[dossier_states.hear(session, dossier_id, heard, context.clock.now())] += 1
    return done


def _compare(
    context: WorkerContext, exchange: NationalExchange, dossier_id: UUID, code: str, done: Counter[str]
) -> bool:
    """Whose dossier is it that somebody asked for by its code? False: they are away."""
    try:
        found = exchange.find_owner(code)
    except Unavailable as error:
        with context.database.transaction() as session:
            link_health.failed(session, links.ONE_STOP, f"Unavailable: {error.reason}", context.clock.now())
        return False
    except (Rejected, BadAnswer) as error:
        log.warning("one_stop: owner of dossier %s could not be read: %s", dossier_id, error.reason)
        found = None
    known = None if found is None else OwnerKnown(found.name, found.number, found.phone)
    with context.database.transaction() as session:
        queue.link_answered(session, links.ONE_STOP, context.clock.now())
        unit = None if found is None else found.unit
        done[f"owner_{entitlements.hear_owner(session, dossier_id, known, unit, context.clock.now())}"] += 1
    return True


def ask(exchange: NationalExchange, code: str) -> Heard:
    """What they hold of this code. Raises integrations.errors."""
    found = exchange.find_dossier(code)
    if found is None:
        return Heard(None)
    if not isinstance(found.state, StateMeaning):
        said = found.state.code  # theirs: more than a code may be anything, a name too
        log.warning("one_stop: state %s is in no table", said if said.isalnum() and len(said) <= LONGEST_CODE else "?")
        return Heard(None)
    return Heard(int(found.state.code), _moment(found), local_day(found.due_at) if found.due_at else None)


def _moment(found: DossierFound) -> datetime | None:
    return found.returned_at or found.finished_at

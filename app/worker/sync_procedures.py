"""Ask the national exchange for the published lists of the procedures we carry; one that can't be read changes nothing."""

from __future__ import annotations

import logging
from collections import Counter

from app.gateways import one_stop
from app.services.desks import procedure_versions
from app.services.desks.procedure_versions import Published, PublishedPaper
from app.worker.context import WorkerContext
from integrations.errors import IntegrationError, Unavailable
from integrations.one_stop import ChannelCode, PublishedProcedure

log = logging.getLogger(__name__)


def sync(context: WorkerContext) -> dict[str, int]:
    """One round over our procedures; how many of each answer. Ends early when they are away."""
    exchange, done = one_stop(context.settings), Counter[str]()
    if exchange is None:
        return done
    with context.database.transaction() as session:
        codes = procedure_versions.codes(session)
    for code in codes:
        try:
            found = exchange.find_procedure(code)
        except Unavailable as error:
            log.warning("one_stop: procedures could not be read: %s", error.reason)
            return done
        except IntegrationError as error:
            log.warning("one_stop: procedure %s could not be read: %s", code, error.reason)
            done["unreadable"] += 1
            continue
        if found is None:
            done["not_published"] += 1
            continue
        with context.database.transaction() as session:
            done[procedure_versions.learn(session, _published(found), context.clock.now())] += 1
    return done


def _published(found: PublishedProcedure) -> Published:
    cases = tuple(
        tuple(PublishedPaper(paper.name, paper.originals, paper.copies) for paper in case)
        for case in found.papers
        if case
    )
    allowed = any(way.channel == ChannelCode.POST for way in found.ways)
    return Published(found.code, allowed, cases)

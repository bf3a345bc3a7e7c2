"""The nightly run of the time limits, a short transaction a batch; and the list of erasures beside the backups."""

from __future__ import annotations

import logging

from app.clock import local_day
from app.domain.personal_data import rules_with
from app.gateways import end_console_messages
from app.services import retention
from app.services.evidence import erasure_list
from app.services.staff import resets, sign_in
from app.worker.context import WorkerContext

log = logging.getLogger("tannha.retention")


def keep(context: WorkerContext) -> None:
    """End what is over. Cut off at any moment, the next run goes on: what is gone is not found again."""
    limits = retention.TimeLimits(context.clock.now(), rules_with(context.settings.keep))
    for step in retention.steps():
        total, gone = 0, retention.AT_ONCE
        while gone >= retention.AT_ONCE:
            with context.database.transaction() as session:
                gone = retention.take(session, step, limits)
            total += gone
        if total:
            log.info("%s: %d ended", step.name, total)
    days = limits.rules["message"].days or 0
    files = end_console_messages(context.settings, local_day(limits.now), days)
    if files:
        log.info("console messages: %d files ended", files)
    with context.database.transaction() as session:
        sign_in.forget(session, context.clock.wall())
        resets.forget(session, context.clock.wall())
    list_erasures(context)


def list_erasures(context: WorkerContext) -> None:
    with context.database.transaction() as session:
        lines = erasure_list.lines_of(session)
    erasure_list.append(context.settings.erasure_list, lines)

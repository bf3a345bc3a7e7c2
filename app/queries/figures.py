"""What the database knows of an installation, as figures for who watches it: counts by state, nobody's name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from typing import Final

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.clock import local_day
from app.database import hurry
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.jobs import QUEUES
from app.queries.attention import plans_failed
from app.queries.partners.link_state import LinkState, link_states

log = logging.getLogger(__name__)
MOST_S: Final = 2.0  # of one figure: Prometheus waits ten seconds for the page

_WAITING = text(
    "select j.queue_name, count(*), coalesce(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at))), 0) "
    "from procrastinate_jobs j left join procrastinate_events e on e.job_id = j.id and e.type = 'deferred' "
    "where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= now()) group by j.queue_name"
)
_STATES: Final[Mapping[str, Iterable[str]]] = {
    "tannha_errands": ErrandState,
    "tannha_messages": ("queued", "taken", "sent", "delivered", "failed", "not_wanted"),
    "tannha_plans": ("draft", "published", "superseded"),
    "tannha_plannings": ("queued", "running", "done", "failed"),
}
"""What is told as 0 where there is none: a figure that appears only with the first failure did not grow, and alerts nobody."""
_COUNTS: Final = {
    "tannha_errands": ("Errands.", "state", "select state, count(*) from errand group by state"),
    "tannha_messages": ("Messages to citizens.", "state", "select state, count(*) from message group by state"),
    "tannha_plans": ("Plans.", "state", "select state, count(*) from plan group by state"),
    "tannha_plannings": ("Orders to plan.", "state", "select state, count(*) from planning group by state"),
    "tannha_jobs": (
        "Jobs of the last 30 days.",
        "status",
        "select status::text, count(*) from procrastinate_jobs group by status",
    ),
    "tannha_parcels": ("Envelopes.", "holder", "select holder, count(*) from parcel group by holder"),
}
_TOTALS: Final = {
    "tannha_service_requests": ("Requests of citizens.", "select count(*) from service_request"),
    "tannha_custody_events": ("Events of custody.", "select count(*) from custody_event"),
}
_GAPS = text("select count(*) from custody_gap where closed_at is null")
_LINKS: Final[Mapping[str, tuple[str, Callable[[LinkState, datetime], int]]]] = {
    "tannha_link_enabled": ("1: joined, 0: switched off by a person.", lambda state, _now: int(state.link.enabled)),
    "tannha_link_breaker_open": (
        "1: nobody calls them for a while, for they did not answer.",
        lambda state, now: int(state.silent_until(now) is not None),
    ),
    "tannha_link_queue": ("Messages that wait for them.", lambda state, _now: state.queued),
    "tannha_link_queue_oldest_seconds": ("How old the oldest is.", lambda state, now: state.age_s(now)),
    "tannha_link_waiting_for_a_person": ("Messages that need somebody.", lambda state, _now: state.for_a_person),
    "tannha_link_arrivals_parked": ("Lines of theirs that need somebody.", lambda state, _now: state.inbox_parked),
    "tannha_link_credit_low": ("1: somebody has to pay in.", lambda state, _now: int(state.credit_is_low)),
}


def waiting(session: Session) -> dict[str, tuple[int, float]]:
    """Of every queue: how many jobs could begin, and for how many seconds the oldest has waited."""
    found: dict[str, tuple[int, float]] = dict.fromkeys(sorted(set(QUEUES.values())), (0, 0.0))
    return found | {queue: (count, float(oldest_s)) for queue, count, oldest_s in session.execute(_WAITING)}


def _count(session: Session, name: str) -> Iterator[Metric]:
    what, label, query = _COUNTS[name]
    counts: dict[str, int] = {str(state): 0 for state in _STATES.get(name, ())}
    counts.update((value, count) for value, count in session.execute(text(query)))
    family = GaugeMetricFamily(name, what, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    yield family


def _total(session: Session, name: str) -> Iterator[Metric]:
    what, query = _TOTALS[name]
    yield CounterMetricFamily(name, what, value=session.execute(text(query)).scalar_one())


def _gaps(session: Session) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "tannha_custody_gaps_open", "Facts that only one side told.", value=session.execute(_GAPS).scalar_one()
    )


def _days_without_plan(session: Session, now: datetime) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "tannha_days_without_plan",
        "Days whose timed plan failed and has not come yet.",
        value=len(list(plans_failed(session, local_day(now), None))),
    )


def counting(now: datetime) -> Iterator[Callable[[Session], Iterator[Metric]]]:
    """Each apart, for one of them may take too long."""
    yield from (partial(_count, name=name) for name in _COUNTS)
    yield from (partial(_total, name=name) for name in _TOTALS)
    yield _gaps
    yield partial(_days_without_plan, now=now)
    yield _of_queues
    yield partial(_of_links, now=now)


def _of_queues(session: Session) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("tannha_queue_waiting", "Jobs that could begin.", labels=["queue"])
    oldest = GaugeMetricFamily("tannha_queue_oldest_seconds", "How long the oldest has waited.", labels=["queue"])
    for queue, (count, oldest_s) in waiting(session).items():
        jobs.add_metric([queue], count)
        oldest.add_metric([queue], oldest_s)
    yield from (jobs, oldest)


def _of_links(session: Session, now: datetime) -> Iterator[Metric]:
    """A connection by its name: never whose endpoint it is, nor where."""
    states = link_states(session, now)
    for name, (what, value) in _LINKS.items():
        family = GaugeMetricFamily(name, what, labels=["link"])
        for state in states:
            family.add_metric([state.name], value(state, now))
        yield family


class DatabaseFigures(Collector):
    """Asked whenever a page of figures is; a database that is away is a figure, too."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[Session]], now: Callable[[], datetime]) -> None:
        self.transaction, self.now = transaction, now

    def collect(self) -> Iterator[Metric]:
        found: list[Metric] = []
        up = 0
        try:
            with self.transaction() as session:
                session.execute(text("select 1"))
                up = 1
                hurry(session, MOST_S)
                for count in counting(self.now()):
                    found += _counted(session, count)
        except (SQLAlchemyError, DomainError) as error:
            log.warning("figures: the database did not answer (%s)", type(error).__name__)
        yield GaugeMetricFamily("tannha_database_up", "1: it answers.", value=up)
        yield from found


def _counted(session: Session, count: Callable[[Session], Iterator[Metric]]) -> list[Metric]:
    """Nothing, where it takes too long or a table is locked: the database answers all the same."""
    try:
        with session.begin_nested():
            return list(count(session))
    except (SQLAlchemyError, DomainError) as error:
        log.warning("figures: one could not be counted (%s)", type(error).__name__)
        return []

"""The page of figures at an address of its own (`TANNHA_METRICS_LISTEN`), apart from where people come."""

from __future__ import annotations

import multiprocessing
import os

from prometheus_client import start_http_server

from app.cli.ports import check_port
from app.clock import make_clock
from app.config import Settings
from app.database import connect
from app.queries.figures import DatabaseFigures
from app.watching import figures, logs
from app.worker.plan_process import end_with


def of_worker(settings: Settings) -> None:
    """In a thread of the worker: what the worker counts, and the plans that it makes in other processes."""
    if settings.metrics_listen is None:
        return
    host, port = settings.metrics_listen
    check_port(host, port, "TANNHA_METRICS_LISTEN")
    start_http_server(port, host, figures.registry(figures.Disk(settings.var)))


def of_web(settings: Settings) -> None:
    """In a process of its own: `serve` forks its web processes, and must have no threads."""
    if settings.metrics_listen is None:
        return
    check_port(*settings.metrics_listen, "TANNHA_METRICS_LISTEN")
    apart = multiprocessing.get_context("spawn")
    apart.Process(target=_show, args=(settings, os.getpid()), daemon=True, name="figures").start()


def _show(settings: Settings, parent: int) -> None:
    end_with(parent)
    logs.set_up(settings.log, settings.log_level)
    assert settings.metrics_listen is not None
    host, port = settings.metrics_listen
    database = DatabaseFigures(connect(settings).transaction, make_clock(settings).now)
    _server, thread = start_http_server(port, host, figures.registry(database, figures.Disk(settings.var)))
    thread.join()

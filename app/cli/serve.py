"""`tannha serve`: the web pages and the API, on granian."""

from __future__ import annotations

import argparse
import os
import resource

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from app.cli import figures_page
from app.cli.embedded import start_embedded
from app.cli.opening import opened
from app.cli.ports import check_port
from app.cli.starting import begin_well
from app.config import Settings
from app.gateways import known_links
from app.services.outbox import link_health
from app.watching import logs

NOT_YET_TERMINATED_S = 5
HEADERS_WITHIN_MS = 15_000  # also between two requests of one connection
CONNECTIONS = 4096  # a process, while its limit of open files allows: half of them may be idle or half-sent
OTHER_FILES = 256


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="instead of $PORT (8000)")
    parser.add_argument("--processes", type=int, default=1, help="web processes (default 1)")


def _connections() -> int:
    """As many as the open files of a process allow; the soft limit of 1,024 is from a time of select(2)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS + OTHER_FILES  # a body on disk is a file, too
    soft = max(soft, wanted if hard == resource.RLIM_INFINITY else min(hard, wanted))
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(CONNECTIONS, (soft - OTHER_FILES) // 2))


def run(args: argparse.Namespace, settings: Settings) -> int:
    logs.set_up(settings.log, settings.log_level)
    port = args.port or settings.port
    check_port(settings.host, port)
    os.environ["PORT"] = str(port)
    settings = start_embedded(settings)
    with opened(settings) as database:
        begin_well(database, settings)
        with database.transaction() as session:
            link_health.register(session, known_links(settings))
    figures_page.of_web(settings)
    Granian(
        "app.factory:create_front",
        address=settings.host,
        port=port,
        interface=Interfaces.ASGINL,
        factory=True,
        workers=args.processes,
        backlog=CONNECTIONS,
        backpressure=_connections(),
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_WITHIN_MS),
        workers_kill_timeout=NOT_YET_TERMINATED_S,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0

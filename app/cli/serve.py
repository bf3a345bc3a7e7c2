"""`tannha serve`: the web pages and the API, on granian."""

from __future__ import annotations

import argparse
import os
import socket

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from app.cli.embedded import lend
from app.cli.opening import opened
from app.config import Settings, SettingsError
from app.gateways import known_links
from app.services.outbox import link_health

BLOCKING_THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)  # 8 was best on many cores (docs/platform.md, "Server")
NOT_YET_TERMINATED_S = 5


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="instead of $PORT (8000)")
    parser.add_argument("--processes", type=int, default=1, help="web processes (default 1)")


def check_port(host: str, port: int) -> None:
    """Raise one sentence when somebody else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} on {host} can't be used ({error.strerror}): stop the program that holds it, "
                f"or choose another, for example PORT={port + 1}."
            ) from None


def run(args: argparse.Namespace, settings: Settings) -> int:
    port = args.port or settings.port
    check_port(settings.host, port)
    os.environ["PORT"] = str(port)
    settings = lend(settings)
    with opened(settings) as database, database.transaction() as session:
        link_health.register(session, known_links(settings))
    Granian(
        "app.factory:create_app",
        address=settings.host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=args.processes,
        blocking_threads=BLOCKING_THREADS,
        workers_kill_timeout=NOT_YET_TERMINATED_S,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0

"""Figures at an address of their own: of all web processes together, of a worker, of the plan that it makes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from threading import Event
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from app.cli import figures_page
from app.config import Settings, SettingsError
from tests.app.cli.serving import UP_WITHIN_S, environment_of, free_port, serving


def when(told: Callable[[str], bool], port: int) -> str:
    """The page, as soon as it says so."""
    waiting, page = Event(), ""
    for _ in range(UP_WITHIN_S * 10):
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
                page = answer.read().decode()
        except URLError:
            page = ""
        if page and told(page):
            return page
        waiting.wait(0.1)
    raise AssertionError(f"never said so:\n{page}")


def test_two_web_processes_are_counted_together_and_apart_from_the_pages(new_installation: Settings) -> None:
    port = free_port()
    with serving(new_installation, "--processes", "2", TANNHA_METRICS_LISTEN=f"127.0.0.1:{port}") as served:
        for _ in range(9):
            served.home_s()
        page = when(lambda page: 'tannha_processes{kind="web"} 2.0' in page, port)
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(30)
    home = next(
        line for line in page.splitlines() if line.startswith('tannha_http_requests_total{method="GET",rule="/"')
    )
    assert float(home.split()[1]) == 10  # one of them while it was waited for
    assert "tannha_pool_connections_most 32.0" in page
    assert "tannha_database_up 1.0" in page
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass


def test_a_worker_tells_of_its_jobs(new_installation: Settings) -> None:
    port = free_port()
    words = [sys.executable, "-m", "app.cli", "worker"]
    environment = environment_of(new_installation) | {"TANNHA_METRICS_LISTEN": f"127.0.0.1:{port}"}
    with (new_installation.var / "worker.log").open("ab") as said:
        worker = subprocess.Popen(words, stdout=said, stderr=said, env=environment)
    try:
        page = when(lambda page: 'tannha_job_seconds_count{outcome="done"' in page, port)
    finally:
        worker.terminate()
        worker.wait(30)
    assert 'tannha_processes{kind="worker"} 1.0' in page
    assert "tannha_errands" not in page  # what the database knows is told once


def test_a_taken_address_is_said_with_its_setting() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(SettingsError, match=f"TANNHA_METRICS_LISTEN=127.0.0.1:{port + 1}"):
            figures_page.of_worker(Settings(metrics_listen=("127.0.0.1", port)))

"""`tannha up`, what `make run` does: database, reference data, demo once, its plan, then the web and the workers.

Says what it does all the way, repeats nothing, and ends everything it started.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import select

from app.cli import demo
from app.cli.demo_sandbox import Joined, join
from app.cli.embedded import start_embedded
from app.cli.migrate import bring_up_to_date, operator_files
from app.cli.output import say
from app.cli.ports import check_port
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.database import check_reachable, connect, connect_as_owner
from app.models import ServiceRequest, StaffAccount
from app.services.demo.plan import DemoOrder
from app.services.demo.staff import COORDINATOR

ANSWERS_WITHIN_S, ENDS_WITHIN_S, LOOKS_EVERY_S = 60, 15, 0.2
SETTLED_S, AGAIN_AND_AGAIN, FIRST_WAIT_S = 60.0, 5, 1.0
ROOT = Path(__file__).parents[2]
WATCHED = ("app", "routing", "integrations")


class Stopped(Exception):
    """SIGINT or SIGTERM arrived."""


@dataclass
class Part:
    """One process of ours, begun when it is made, and again when it ends by itself."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str] | None = None
    failures: int = 0  # in a row: each before it had run for `SETTLED_S`
    due: float | None = None  # it ended, and is begun again then

    def __post_init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self.began, self.due = time.monotonic(), None
        # a group of its own: Ctrl-C at the terminal reaches this process alone, which then ends them in order
        self.process = subprocess.Popen(
            self.words, env={**os.environ, **(self.environment or {})}, start_new_session=True
        )

    def look_after(self) -> None:
        """Raises SettingsError when it ended once too often."""
        code, now = self.process.poll(), time.monotonic()
        if code is None:
            return
        if self.due is None:
            self.failures = 1 if now - self.began > SETTLED_S else self.failures + 1
            if self.failures > AGAIN_AND_AGAIN:
                raise SettingsError(
                    f"The {self.name} ended by itself again and again: its last lines above say why. "
                    "Start again with `make run`."
                )
            wait_s = FIRST_WAIT_S * 2 ** (self.failures - 1)
            self.due = now + wait_s
            say(f"The {self.name} ended by itself (exit code {code}): begun again in {wait_s:.0f} s.")
        elif now >= self.due:
            self._start()


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--errands", type=int, default=demo.ERRANDS, help=f"of the demo day (default {demo.ERRANDS})")
    parser.add_argument("--seed", type=int, default=demo.SEED, help=f"of the demo (default {demo.SEED})")
    parser.add_argument("--no-demo", action="store_true", help="start with the reference data alone")
    parser.add_argument(
        "--no-sandbox", action="store_true", help="join nothing: leave out the played one-stop and post"
    )
    parser.add_argument(
        "--reload",
        action="store_true",
        help="for development: begin the web and one worker again whenever code or a template changes",
    )
    parser.add_argument("--sandbox-port", type=int, help="of the sandbox (default: the web's port + 1, or a free one)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    children: list[Part] = []
    try:
        if args.reload:
            _check_reload(settings)
        check_port(settings.host, settings.port)
        say("Starting the database …")
        settings = start_embedded(settings)
        _prepare(args, settings)
        joined = _join(args, settings)
        if joined is not None:
            children.append(Part("sandbox", _words("sandbox", *joined.arguments), joined.environment))
        say("Starting the web server and the workers …")
        parts = ["serve", *["worker"] * (1 if args.reload else settings.workers)]
        children += [_part(part, reload=args.reload) for part in parts]
        _wait_for_web(settings, children)
        if joined is not None:
            joined.wait()
            joined.hand_in()
        _print_addresses(args, settings, joined)
        return _watch(children)
    except Stopped:
        say("\nStopping …")
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        _end(children)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _prepare(args: argparse.Namespace, settings: Settings) -> None:
    owner = connect_as_owner(settings)
    check_reachable(owner.engine)
    say("Bringing schema and reference data up to date …")
    clock = make_clock(settings)
    counts = bring_up_to_date(owner, clock.now(), operator_files(settings))
    owner.engine.dispose()
    say(f"  {counts.units} units, {counts.offices} offices, {counts.procedures} procedures")
    if args.no_demo or settings.production:
        return
    database = connect(settings)
    with database.transaction() as session:
        seeded = session.scalar(select(ServiceRequest.id).limit(1)) is not None
    if not seeded:
        day = demo.next_working_day(database, clock)
        say(f"Making the demonstration of {day} with {args.errands} visits (once; a minute or two) …")
        order = DemoOrder(day, args.errands, args.seed, demo.demo_password(settings))
        demo.begin(settings, database, clock, order)
    elif not clock.shifted:
        with database.transaction() as session:
            interrupted = (
                session.scalar(select(StaffAccount.id).where(StaffAccount.username == COORDINATOR)) is not None
            )
        if interrupted:
            raise SettingsError(
                f"The demonstration was interrupted while it was being made: delete {settings.var} and start again."
            )
    database.engine.dispose()


def _join(args: argparse.Namespace, settings: Settings) -> Joined | None:
    """The sandbox, when nothing real is joined and the people are invented."""
    if args.no_sandbox or args.no_demo or settings.production or settings.links is not None:
        return None
    database = connect(settings)
    try:
        return join(settings, database, make_clock(settings), args.sandbox_port)
    finally:
        database.engine.dispose()


def _words(command: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", command, *arguments]


QUIET: Final = {"TANNHA_LOG_LEVEL": "warning"}
"""A line a page and a job would push addresses and password off the terminal of whoever has just come."""


def _part(name: str, *, reload: bool) -> Part:
    return Part(name, _watched(_words(name)) if reload else _words(name), _environment(name, os.environ))


def _environment(name: str, given: Mapping[str, str]) -> Mapping[str, str]:
    """What is said to a part beside what everybody is told."""
    figures = {} if name == "serve" else {"TANNHA_METRICS_LISTEN": ""}  # one address, and the web is asked first
    return figures if given.get("TANNHA_LOG_LEVEL") else {**QUIET, **figures}


def _watched(words: Sequence[str]) -> list[str]:
    """The same under watchfiles, which begins it again when a file of the code, a template or a built asset changes."""
    watch = [
        sys.executable,
        "-m",
        "watchfiles",
        "--target-type",
        "command",
        "--ignore-paths",
        str(ROOT / "app/frontend"),
    ]
    return [*watch, shlex.join(words), *(str(ROOT / folder) for folder in WATCHED)]


def _check_reload(settings: Settings) -> None:
    if settings.environment != "development":
        raise SettingsError("--reload is for development: leave it out, or unset TANNHA_ENV.")
    if find_spec("watchfiles") is None:
        raise SettingsError("--reload needs the development tools: run `make setup` in a checkout.")


def _wait_for_web(settings: Settings, parts: Sequence[Part]) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < deadline:
        if any(part.process.poll() is not None for part in parts):
            raise SettingsError("A part ended while starting: its last lines above say why.")
        try:
            with urlopen(f"http://localhost:{settings.port}/healthz", timeout=2):
                return
        except URLError as error:
            if getattr(error, "code", None) is not None:  # it answers: the queue may still be late
                return
        time.sleep(LOOKS_EVERY_S)
    raise SettingsError(f"The web server did not answer within {ANSWERS_WITHIN_S} s: its lines above say why.")


def _print_addresses(args: argparse.Namespace, settings: Settings, joined: Joined | None) -> None:
    say("")
    if not args.no_demo and not settings.production:
        database = connect(settings)
        say("\n".join(demo.sign_in_lines(settings, database)))
        database.engine.dispose()
        whose = (
            "Messages to citizens (and their codes)" if joined is None else "The codes of the first day's deliveries"
        )
        say(f"{whose} are written to {settings.private / 'sms'}: tail -f it.")
    if joined is not None:
        say(f"Messages and letters to citizens arrive on its telephone: {joined.page}telephone")
        say(f"One-stop, post and operators of messages are played by a sandbox, with mild faults: {joined.page}")
    say(f"Tận Nhà is ready: {settings.base_url}/  (Ctrl-C stops everything)")


def _watch(parts: Sequence[Part]) -> int:
    """Until told to stop. A part that ends by itself is begun again; one that ends again and again ends the whole, loudly."""
    while True:
        for part in parts:
            part.look_after()
        time.sleep(LOOKS_EVERY_S)


def _end(parts: Sequence[Part]) -> None:
    children = [part.process for part in parts]
    for child in children:
        child.terminate()
    deadline = time.monotonic() + ENDS_WITHIN_S
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)  # with what it started itself
            child.wait()

"""The demonstration joined to both outside systems: `tannha up` writes a links file of the sandbox and starts it beside the web.

Never in production, nor where TANNHA_LINKS names real systems. What the sandbox holds is kept from one start to the next.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from sqlalchemy import select

from app import jobs
from app.cli.sandbox import letters_can_be_played
from app.clock import Clock
from app.config import Settings, SettingsError, private_folder
from app.database import Database
from app.gateways import SANDBOX, known_links
from app.models import Desk, Partner
from app.services.demo import online
from app.services.demo.plan import first_pilot
from app.services.outbox import link_health
from app.services.staff import access
from app.unit_of_work import UnitOfWork

STEP_S: Final = 45  # between two steps in its time: a person sees a dossier move while they look
ANSWERS_WITHIN_S, LOOKS_EVERY_S = 30, 0.1
ANYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 (compared, not bound)


@dataclass(frozen=True, slots=True)
class Joined:
    """A sandbox to be started: the settings that name it, its words on the command line, and its secret beside them."""

    settings: Settings
    url: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    unit: str

    @property
    def page(self) -> str:
        return f"{self.url}/_sandbox/"

    def answers(self) -> bool:
        with suppress(URLError, OSError):
            return bool(self._ask("healthz"))
        return False

    def wait(self) -> None:
        """Raises SettingsError when it does not answer in time."""
        deadline = time.monotonic() + ANSWERS_WITHIN_S
        while not self.answers():
            if time.monotonic() > deadline:
                raise SettingsError("The sandbox did not answer: its lines above say why (--no-sandbox leaves it out).")
            time.sleep(LOOKS_EVERY_S)

    def hand_in(self) -> None:
        """Some people hand a dossier in online, once: what must be fetched from them follows by itself."""
        if not self._ask("outbox"):
            for wish in online.wishes(self.unit):
                self._ask("submissions", wish)

    def _ask(self, page: str, body: Any = None) -> Any:
        told = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self.page}{page}", data=told, headers={"Content-Type": "application/json"})  # noqa: S310 (our own address)
        with urlopen(asked, timeout=10) as answer:  # noqa: S310 (as above)
            return json.loads(answer.read())


def join(settings: Settings, database: Database, clock: Clock, port: int | None) -> Joined:
    """Write the links file, give the sandbox's desk software its key, and promise that both sides are compared, once.

    `port` None: the one after the web's, or any that is free.
    """
    from integrations.sandbox.joining import write_links  # noqa: PLC0415 (Flask is loaded for the sandbox alone)

    folder = private_folder(settings) / SANDBOX
    port = port or _free_port(_reached(settings.host), settings.port + 1)
    url = f"http://{_reached(settings.host)}:{port}"
    mail_port = _free_port("127.0.0.1", port + 1) if letters_can_be_played() else None
    settings = replace(settings, links=write_links(folder, url, mail_port=mail_port, with_bank=True))
    os.environ["TANNHA_LINKS"] = str(settings.links)  # for web, workers and what else we start
    with database.transaction() as session:
        pilot = first_pilot(session)
        desk = session.scalars(select(Desk).where(Desk.unit_code == pilot.code, Desk.level == "commune")).one()
        key = _key(session, folder / "agency-key", desk, clock)
        link_health.register(session, known_links(settings))
    arguments: tuple[str, ...] = ("--port", str(port), "--speed", str(STEP_S), "--still", "--mild", "--desk", desk.name)
    if mail_port is not None:
        arguments = (*arguments, "--mail-port", str(mail_port))
    ours = f"http://{_reached(settings.host)}:{settings.port}"
    return Joined(settings, url, (*arguments, "--our-url", ours), {"TANNHA_SANDBOX_KEY": key}, pilot.code)


def _key(session: UnitOfWork, path: Path, desk: Desk, clock: Clock) -> str:
    """The key lies beside the sandbox's state; without it, or in a new database, it gets another."""
    from integrations.sandbox.joining import write_private  # noqa: PLC0415 (as above)

    partner = session.scalars(
        select(Partner).where(Partner.name == online.AGENCY, Partner.revoked_at.is_(None))
    ).one_or_none()
    if partner is None:
        _, key = access.make_partner(session, online.AGENCY, "system", clock.now(), desk=desk.code)
        jobs.defer(session, "reconcile", {})  # what the demonstration took in before is told to the exchange
    elif path.exists() and access.find_partner(session, path.read_text()) is not None:
        return path.read_text()
    else:
        key = access.rotate_key(session, partner, "system", clock.now())
    write_private(path, key)
    return key


def _free_port(host: str, wanted: int) -> int:
    """The one that is wanted, or any."""
    for port in (wanted, 0):
        with suppress(OSError, OverflowError), socket.socket() as probe:
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    raise SettingsError(f"No port is free on {host} for the sandbox: --no-sandbox leaves it out.")


def _reached(host: str) -> str:
    """The address by which programs of this machine reach what listens on `host`."""
    return "127.0.0.1" if host in ANYWHERE else host

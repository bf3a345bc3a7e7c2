"""The sandbox as a web program: the systems it plays, and pages of its own under `/_sandbox` for whoever drives it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from integrations.sandbox import hcc, myvnpost, one_stop, pages, screen, telephone
from integrations.sandbox.bank import Bank
from integrations.sandbox.desk import Postman
from integrations.sandbox.faults import FaultInjector
from integrations.sandbox.operators import Operators
from integrations.sandbox.push import PushService
from integrations.sandbox.state import StateFile
from integrations.sandbox.world import World
from integrations.sandbox.zalo import Zalo

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """`folder` holds state and keys; `speed`: seconds between two steps in time, 0: only when told.

    `desk`: by name, the one whose dossiers move on; None: all. `items`: do the post's items move on by themselves, too?

    `mail_port`: where letters are taken; None: nowhere.

    `our_url` and `our_key`: where the desk's software tells us of its dossiers; without them nothing is told.
    """

    folder: Path
    port: int
    clock: Callable[[], datetime]
    host: str = "127.0.0.1"
    seed: int = 0
    speed: float = 0.0
    our_url: str | None = None
    our_key: str | None = None
    desk: str | None = None
    items: bool = True
    mail_port: int | None = None


class Listening(WSGIRequestHandler):
    """Lets names of headers with a stroke below through, as Zalo writes them (`access_token`)."""

    def make_environ(self) -> dict[str, Any]:
        environ = super().make_environ()
        return environ | {f"HTTP_{name.upper()}": said for name, said in self.headers.items() if "_" in name}


class Program:
    """One sandbox; `serve` runs until `stop`."""

    def __init__(self, settings: SandboxSettings) -> None:
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.settings = settings
        self.state = StateFile(settings.folder / "sandbox.sqlite")
        self.state.prepare()
        self.faults = FaultInjector(self.state, settings.seed)
        callback = f"{settings.our_url}/api/v1/callbacks/myvnpost" if settings.our_url else None
        key = myvnpost.private_key(settings.folder)
        self.world = World(self.state, self.faults, settings.clock, key, callback, settings.desk)
        told = settings.our_url and settings.our_key
        self.postman = Postman(self.state, settings.our_url or "", settings.our_key or "") if told else None
        self.operators = Operators(self.state, self.faults, settings.clock)
        self.over = Event()

    def app(self) -> Flask:
        app = Flask("sandbox")
        self.faults.guard(app)
        for part in (one_stop, hcc, myvnpost):
            app.register_blueprint(part.make(self.state, self.faults))
        app.register_blueprint(self.operators.blueprint())
        app.register_blueprint(Zalo(self.state, self.faults, self.settings.clock, self.settings.our_url).blueprint())
        app.register_blueprint(PushService(self.state, self.faults, self.settings.clock).blueprint())
        app.register_blueprint(Bank(self.state, self.settings.clock, self.settings.our_url).blueprint())
        for page in (pages.reading, pages.acting):
            app.register_blueprint(page(self.state, self.faults, self.world, self.postman))
        app.register_blueprint(telephone.make(self.state))
        app.register_blueprint(screen.make(self.state, self.faults, self.world))
        return app

    def serve(self) -> None:
        """Answer until `stop`; time passes beside it."""
        server = make_server(
            self.settings.host, self.settings.port, self.app(), threaded=True, request_handler=Listening
        )
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its lines hold paths with codes
        Thread(target=self._live, daemon=True).start()
        Thread(target=self._end, args=(server,), daemon=True).start()
        with self._taking_letters():
            server.serve_forever()

    @contextmanager
    def _taking_letters(self) -> Iterator[None]:
        if self.settings.mail_port is None:
            yield
            return
        from integrations.sandbox.letters import LetterBox  # noqa: PLC0415 (aiosmtpd is an extra)

        server = LetterBox(self.state, self.faults, self.settings.clock).open(self.settings.mail_port)
        try:
            yield
        finally:
            server.stop()

    def stop(self) -> None:
        self.over.set()

    def _end(self, server: BaseWSGIServer) -> None:
        self.over.wait()
        server.shutdown()

    def _live(self) -> None:
        """Bring the outbox all the time; move everything on at the pace that was asked for."""
        waited = 0.0
        while not self.over.wait(1.0):
            waited += 1.0
            self.operators.step()
            if self.postman is not None:
                self.postman.deliver()
            if self.settings.speed and waited >= self.settings.speed:
                waited = 0.0
                self.world.advance(items=self.settings.items)

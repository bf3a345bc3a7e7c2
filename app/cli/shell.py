"""`tannha shell`: an interactive Python inside the installation, for looking, and for the repair that no page foresaw.

All of it is one transaction, undone at the end unless `session.commit()` was called. In production it says where one is, is
written into the audit, and is read-only unless `--write` is given.
"""

from __future__ import annotations

import argparse
import code
import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, event, func, select, text, update
from sqlalchemy.orm import Session

import app.queries
import app.services
from app import models
from app.cli.opening import opened
from app.cli.output import say
from app.clock import make_clock
from app.config import Settings
from app.database import Database
from app.services import audit

BY = "system"  # whoever may start the command has the database anyway
AT_HAND = "settings, clock, session, select, update, func, text, models (and each by its name), queries, services"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-c", dest="statement", metavar="STATEMENT", help="run this one statement and end")
    parser.add_argument("--write", action="store_true", help="in production: let the session change something")


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, _session(database, settings, write=args.write) as session:
        names = _names(settings, session)
        if args.statement is None:
            _interact(names)
        else:
            exec(compile(args.statement, "<tannha shell>", "single"), names)  # noqa: S102 (what the command is for)
    return 0


@contextmanager
def _session(database: Database, settings: Settings, *, write: bool) -> Iterator[Session]:
    """A session that forgets what nobody committed."""
    with database.sessions() as session:
        if settings.production:
            _announce(database, settings, write=write)
            if not write:
                event.listen(session, "after_begin", _read_only)
        yield session


def _announce(database: Database, settings: Settings, *, write: bool) -> None:
    now = make_clock(settings).now()
    with database.transaction() as session:
        audit.record(session, BY, "open_shell", "installation", settings.base_url, now, write=write, uid=os.getuid())
    may = "may CHANGE what people rely on" if write else "is read-only (--write lets it change something)"
    say(f"This is PRODUCTION, {settings.base_url}. The session {may}; that it was opened stands in the audit.")


def _read_only(_session: Session, _transaction: object, connection: Connection) -> None:
    connection.execute(text("set transaction read only"))


def _names(settings: Settings, session: Session) -> dict[str, Any]:
    names: dict[str, Any] = {name: getattr(models, name) for name in models.__all__}
    names |= {"models": models, "queries": _whole(app.queries), "services": _whole(app.services)}
    names |= {"settings": settings, "clock": make_clock(settings), "session": session}
    return names | {"select": select, "update": update, "func": func, "text": text}


def _whole(package: ModuleType) -> ModuleType:
    """The package with all its modules imported: nobody at a prompt wants to import what he can name."""
    for part in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        import_module(part.name)
    return package


def _interact(names: dict[str, Any]) -> None:
    banner = f"At hand: {AT_HAND}.\nWhat session.commit() did not keep is undone at the end."
    if find_spec("IPython") is not None:
        import_module("IPython").embed(user_ns=names, banner1=banner, colors="neutral")
        return
    with suppress(ImportError):
        import_module("readline").parse_and_bind("tab: complete")
        import_module("readline").set_completer(import_module("rlcompleter").Completer(names).complete)
    code.interact(banner, local=names, exitmsg="")

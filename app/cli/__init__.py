"""The `tannha` command. One module a command, loaded when it is asked for: `tannha quote` must not wait for a solver.

A command module offers `configure(parser)` and `run(args, settings) -> int` (the exit code). What is wrong with settings or
input is one sentence on stderr and exit code 2, never a traceback.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Protocol, cast

from sqlalchemy.exc import OperationalError, ProgrammingError

from app.cli.output import language
from app.config import Settings, SettingsError, load_settings
from app.domain.errors import DomainError, DomainErrors
from app.texts import explain
from app.watching.together import count_together
from app.watching.version import VERSION

USER_ERROR, INTERRUPTED = 2, 130
MEASURED = ("serve", "worker")

COMMANDS: Mapping[str, tuple[str, str]] = {
    "up": ("app.cli.up", "start everything: database, demo, plan, web server and worker (what `make run` does)"),
    "serve": ("app.cli.serve", "serve the web pages and the API"),
    "worker": ("app.cli.worker", "do the jobs: plans, messages, signed digests"),
    "doctor": ("app.cli.doctor", "say what an installation lacks, and what to do about it"),
    "migrate": ("app.cli.migrate", "bring schema and reference data up to date"),
    "demo": ("app.cli.demo", "make a demonstration day, or go on to the next (--advance)"),
    "plan": ("app.cli.plan", "plan the routes of a day"),
    "solve": ("app.cli.solve", "solve a routing problem in VROOM's JSON, without a database"),
    "roads": ("app.cli.roads", "prepare and serve a province's roads from an extract of OpenStreetMap"),
    "resolve-address": ("app.cli.resolve_address", "find the unit and the point of an address"),
    "messages": ("app.cli.messages", "list what citizens are told, for the operator, and what a day of it costs"),
    "quote": ("app.cli.quote", "say what a visit costs, in parts"),
    "verify-custody": ("app.cli.verify_custody", "check every event, head and signed digest"),
    "rescue": ("app.cli.rescue", "take in what a phone still held, from the package it made"),
    "account": ("app.cli.accounts", "open and close accounts of the staff, give a new password"),
    "staff": ("app.cli.staff", "take couriers, clerks and managers from a table (import FILE)"),
    "interpreters": ("app.cli.interpreters", "take who may translate at a door from a table (import FILE)"),
    "places": ("app.cli.places", "take offices and desks from a table (import FILE)"),
    "bank": ("app.cli.bank", "take the account's statement from a table (import FILE)"),
    "erase": ("app.cli.erase", "empty what is personal of one person, on a legal basis"),
    "access-log": ("app.cli.access_log", "write down who looked at whose data between two times"),
    "partner": ("app.cli.partners", "give a program a key to the API, or take it back"),
    "reconcile": ("app.cli.reconcile", "compare us with both outside systems, and repair what is safe"),
    "shell": ("app.cli.shell", "open a Python in here: settings, a session, models, queries, services at hand"),
    "sandbox": ("app.cli.sandbox", "play both outside systems, for demonstrations and drills"),
    "rotate": ("app.cli.rotate", "write again with the promoted secrets what older ones closed"),
    "backup": ("app.cli.backup", "write database and files into one archive"),
    "restore": ("app.cli.restore", "put an archive back"),
}


class Command(Protocol):
    """What every command module offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace, settings: Settings) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        sys.stdout.write(_overview())
        return 0
    if arguments[0] in {"-V", "--version", "version"}:
        sys.stdout.write(_version())
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        return _refuse(f"There is no command {name!r}. The commands are: {', '.join(COMMANDS)}.")
    if name in MEASURED:
        count_together()
    module, purpose = COMMANDS[name]
    command = cast("Command", import_module(module))
    parser = argparse.ArgumentParser(prog=f"tannha {name}", description=purpose)
    command.configure(parser)
    return _guarded(command, parser.parse_args(arguments[1:]))


def _guarded(command: Command, args: argparse.Namespace) -> int:
    try:
        return command.run(args, load_settings())
    except SettingsError as error:
        return _refuse(str(error))
    except DomainErrors as several:
        return _refuse(*(explain(error, language()) for error in several.errors))
    except DomainError as error:
        return _refuse(explain(error, language()))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != "42P01":  # undefined_table
            raise
        return _refuse("The database has no tables yet: run `tannha migrate` first.")
    except OperationalError:
        return _refuse("The database does not answer: start it, or correct DATABASE_URL.")
    except KeyboardInterrupt:
        return INTERRUPTED


def _refuse(*sentences: str) -> int:
    for sentence in sentences:
        print(f"tannha: {sentence}", file=sys.stderr)
    return USER_ERROR


def _version() -> str:
    """With the schema that it needs: what `tannha migrate --down-to` is given to come back to it."""
    from app.cli.migrate import newest_step  # noqa: PLC0415 (a light command does not load Alembic)

    return f"tannha {VERSION}, schema {newest_step()}\n"


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = (f"  {name:<{width}}  {purpose}" for name, (_, purpose) in COMMANDS.items())
    return "\n".join(
        ["usage: tannha COMMAND [options]   (tannha COMMAND --help says more; tannha --version)", "", *lines, ""]
    )

"""`tannha interpreters import FILE`: who agreed to translate at a door, as a table tells."""

from __future__ import annotations

import argparse

from app.cli import told_tables
from app.clock import make_clock
from app.config import Settings
from app.services.reference.told_interpreters import HEADINGS, hear_interpreters

BY = "system"  # whoever may start the command has the database anyway


def configure(parser: argparse.ArgumentParser) -> None:
    told_tables.configure(parser, "who may translate, by telephone or at the door")


def run(args: argparse.Namespace, settings: Settings) -> int:
    now = make_clock(settings).now()
    return told_tables.run(args, settings, HEADINGS, lambda session, lines: hear_interpreters(session, lines, BY, now))

"""`tannha places import FILE`: offices and desks with their names, positions, telephones and opening hours, as a table tells."""

from __future__ import annotations

import argparse

from app.cli import told_tables
from app.clock import make_clock
from app.config import Settings
from app.services.reference.told_places import HEADINGS, hear_places

BY = "system"  # whoever may start the command has the database anyway


def configure(parser: argparse.ArgumentParser) -> None:
    told_tables.configure(parser, "offices and desks")


def run(args: argparse.Namespace, settings: Settings) -> int:
    now = make_clock(settings).now()
    return told_tables.run(args, settings, HEADINGS, lambda session, lines: hear_places(session, lines, BY, now))

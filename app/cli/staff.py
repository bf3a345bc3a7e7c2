"""`tannha staff import FILE`: accounts opened, changed and closed as a table tells."""

from __future__ import annotations

import argparse

from app.cli import told_tables
from app.clock import make_clock
from app.config import Settings
from app.services.staff.told_staff import HEADINGS, StaffTeller, hear_staff


def configure(parser: argparse.ArgumentParser) -> None:
    told_tables.configure(parser, "couriers, clerks, managers, coordinators")


def run(args: argparse.Namespace, settings: Settings) -> int:
    teller = StaffTeller(None, make_clock(settings).now(), rehearses=args.dry_run)
    return told_tables.run(args, settings, HEADINGS, lambda session, lines: hear_staff(session, lines, teller))

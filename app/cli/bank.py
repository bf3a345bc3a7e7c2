"""`tannha bank import FILE`: the account's statement from a table, each line as the bank's webhook would tell it."""

from __future__ import annotations

import argparse

from app.cli import told_tables
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.gateways.bank import bank_account
from app.services.desks.statements import HEADINGS, hear_statement


def configure(parser: argparse.ArgumentParser) -> None:
    told_tables.configure(parser, "sums that came to the account")


def run(args: argparse.Namespace, settings: Settings) -> int:
    account = bank_account(settings)
    if account is None:
        raise SettingsError("TANNHA_LINKS names no bank account: write [bank] into it (docs/connect.md).")
    now = make_clock(settings).now()
    return told_tables.run(
        args, settings, HEADINGS, lambda session, lines: hear_statement(session, lines, account, now)
    )

"""`tannha verify-custody`: every event, every head, every signed digest; with `--files` every stored file, too.

Exit code 1 when something is broken.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from functools import partial
from typing import Any

from app.cli.opening import opened
from app.cli.output import add_json, show
from app.config import Keys, Settings, load_keys
from app.database import Database
from app.gateways import stored_file
from app.queries.custody.signed_operations import UnsignedPhone
from app.queries.custody.verification import CustodyFault, CustodyReport, verify
from app.services.evidence import file_check
from app.services.evidence.file_check import FileReport

BROKEN = 1


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--files", action="store_true", help="fetch, decrypt and hash every stored file as well")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    keys = load_keys(settings)
    with opened(settings) as database:
        with database.transaction() as session:
            report = verify(session, keys)
        files = check_files(database, settings, keys) if args.files else None
    clean = report.clean and not (files and files.broken)
    result: dict[str, Any] = {"clean": clean, **asdict(report)}
    if files is not None:
        result["files"] = asdict(files)
    show(result, "\n".join(_lines(report) + _file_lines(files)), as_json=args.json)
    return 0 if clean else BROKEN


def check_files(database: Database, settings: Settings, keys: Keys) -> FileReport:
    """A few at a time; the store is asked with no transaction open."""
    report, after = FileReport(), ""
    while True:
        with database.transaction() as session:
            rows = file_check.next_files(session, after)
        if not rows:
            return report
        file_check.check(rows, partial(stored_file, settings), keys, report)
        after = rows[-1].sha256


def _file_lines(report: FileReport | None) -> list[str]:
    if report is None:
        return []
    lines = [f"{report.checked} files checked: {f'{len(report.broken)} broken' if report.broken else 'all whole'}."]
    return lines + [f"  broken: file {fault.sha256}: {fault.what}" for fault in report.broken]


def _lines(report: CustodyReport) -> list[str]:
    chains = f"{report.events} events of {report.parcels} parcels, {report.digests} signed digests"
    checked = f"{chains} and {report.operations} operations of phones, {report.signed} of them signed, checked"
    lines = [f"{checked}: {'all whole' if report.clean else f'{len(report.broken)} broken'}."]
    lines += [f"  broken: {_where(fault)}: {fault.what}" for fault in report.broken]
    if report.second_hands:
        told = ", ".join(f"{number} by {hand}" for hand, number in report.second_hands.items())
        lines.append(f"  second signatures: {told}")
    lines += [f"  erased: parcel {one.parcel}, event {one.event_no}: {one.facts} facts" for one in report.erased]
    lines += [
        f"  unsigned, {_before(one)}: {one.operations} operations of phone {one.phone}" for one in report.unsigned
    ]
    return lines


def _before(phone: UnsignedPhone) -> str:
    return "no key yet" if phone.before is None else f"before {phone.before}"


def _where(fault: CustodyFault) -> str:
    named = (
        f"parcel {fault.parcel}, event {fault.event_no}" if fault.parcel else "",
        f"operation {fault.operation}" if fault.operation else "",
        f"digest {fault.digest}" if fault.digest else "",
        f"cash hand-in {fault.hand_in}" if fault.hand_in else "",
        f"second signature {fault.signature}" if fault.signature else "",
    )
    return ", ".join(name for name in named if name)

"""`tannha verify-custody`: every event, every head, every signed digest; exit code 1 when something is broken."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from app.cli.opening import opened
from app.cli.output import add_json, show
from app.config import Settings, load_keys
from app.queries.custody import CustodyReport, verify

BROKEN = 1


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.transaction() as session:
        report = verify(session, load_keys(settings))
    result: dict[str, Any] = {"clean": report.clean, **asdict(report)}
    show(result, "\n".join(_lines(report)), as_json=args.json)
    return 0 if report.clean else BROKEN


def _lines(report: CustodyReport) -> list[str]:
    checked = f"{report.events} events of {report.parcels} parcels and {report.digests} signed digests checked"
    lines = [f"{checked}: {'all whole' if report.clean else f'{len(report.broken)} broken'}."]
    for fault in report.broken:
        where = f"parcel {fault.parcel}, event {fault.event_no}" if fault.parcel else f"digest {fault.digest}"
        lines.append(f"  broken: {where}: {fault.what}")
    lines += [f"  erased: parcel {one.parcel}, event {one.event_no}: {one.facts} facts" for one in report.erased]
    return lines

"""`tannha access-log`: who looked at or changed whose data between two times, as CSV or xlsx. Taking it is audited."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from app.cli.opening import opened
from app.cli.output import add_json, show
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.queries.tracking.requests import by_reference
from app.services.documents.tables import as_csv, as_xlsx
from app.services.evidence.access_log import HEAD, access_log, time_span

BY = "system"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file to write: its name ends in .csv or .xlsx")
    parser.add_argument("--from", dest="first", required=True, help="a day, or a moment such as 2026-12-01T07:30")
    parser.add_argument("--to", dest="last", required=True, help="the same; a day counts whole")
    parser.add_argument("--subject", help="only what concerns the person of this request, such as TN-7K3Q9X")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    file: Path = args.file
    if file.suffix not in {".csv", ".xlsx"}:
        raise SettingsError(f"{file} names no kind of table: end it in .csv or .xlsx.")
    if file.exists() or not file.parent.is_dir():
        raise SettingsError(f"{file} is there already, or its folder is not: name a new file.")
    with opened(settings) as database, database.transaction() as session:
        subject = by_reference(session, args.subject).applicant_id if args.subject else None
        lines = access_log(session, time_span(args.first, args.last), subject, BY, make_clock(settings).now())
    rows = [line.cells() for line in lines]
    body = as_csv(HEAD, rows) if file.suffix == ".csv" else as_xlsx("access log", HEAD, rows)
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as written:
        written.write(body)
    show({"file": str(file), "lines": len(rows)}, f"Wrote {len(rows)} lines to {file}.", as_json=args.json)
    return 0

"""One table in a file, told line by line: `tannha staff import FILE`, `tannha places import FILE`, `tannha bank import FILE`."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.cli.opening import opened
from app.cli.output import add_json, language, show
from app.config import Settings, SettingsError
from app.domain.headed_table import Headings, RowAnswer, RowVerdict
from app.table_files import Line, read_table
from app.text_files import NoText, read_bytes
from app.texts import explain
from app.unit_of_work import UnitOfWork

WRONG_LINES = 2
Hear = Callable[[UnitOfWork, Sequence[Line]], list[RowAnswer]]


def configure(parser: argparse.ArgumentParser, what: str) -> None:
    parts = parser.add_subparsers(dest="act", required=True)
    bring = parts.add_parser(
        "import", help=f"{what} from a table: CSV (UTF-8) or xlsx, its first line names the columns"
    )
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--dry-run", action="store_true", help="say of every line what it would do, and write nothing")
    add_json(bring)


def run(args: argparse.Namespace, settings: Settings, headings: Headings, hear: Hear) -> int:
    """Right lines are taken, wrong ones named; 2 when there is a wrong one. The file may be told again as often as one likes."""
    try:
        lines = read_table(read_bytes(args.file), len(headings.columns), headings.is_heading)
    except NoText as fault:
        raise SettingsError(f"{args.file.name} {fault}.") from None
    with opened(settings) as database, database.transaction() as session:
        savepoint = session.begin_nested()
        answers = hear(session, lines)
        if args.dry_run:
            savepoint.rollback()
    counts = Counter(answer.verdict for answer in answers)
    said = [_line(args.file.name, answer) for answer in answers if answer.verdict is not RowVerdict.SAME]
    total = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in RowVerdict)
    end = "Nothing was written (--dry-run)." if args.dry_run else "The right lines are written."
    result = {"dry_run": args.dry_run, "lines": [_told(answer) for answer in answers]}
    show(result, "\n".join([*said, f"{args.file.name}: {total}. {end}"]), as_json=args.json)
    return WRONG_LINES if counts[RowVerdict.WRONG] else 0


def _line(file: str, answer: RowAnswer) -> str:
    told = _told(answer)
    about = (
        f": {told['error']}" if answer.error is not None else f" ({', '.join(answer.fields)})" if answer.fields else ""
    )
    field = f", {told['field']}" if answer.error is not None and told["field"] else ""
    return f"{file}, line {answer.number}{field}: {answer.key} {answer.verdict.value}{about}"


def _told(answer: RowAnswer) -> dict[str, Any]:
    error = answer.error
    return {
        "line": answer.number,
        "key": answer.key,
        "verdict": answer.verdict.value,
        "fields": list(answer.fields),
        "field": error.field if error is not None else None,
        "error": explain(error, language()) if error is not None else None,
    }

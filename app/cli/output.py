"""One way to print a result: a sentence for a person, or JSON for a program (`--json`)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as JSON on stdout")


def show(result: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Print `result` as JSON, or `text`."""
    print(json.dumps(result, ensure_ascii=False, indent=2, default=_plain) if as_json else text)


def language() -> str:
    """In which a refusal is said: the terminal's own, where we speak it."""
    return "vi" if os.environ.get("LANG", "").startswith("vi") else "en"


def say(text: str) -> None:
    """Progress: on stderr, at once, so that stdout holds the result alone."""
    print(text, file=sys.stderr, flush=True)


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def day(text: str) -> date:
    """An argparse type: `2026-12-01`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-12-01") from None

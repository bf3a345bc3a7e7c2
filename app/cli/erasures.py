"""What backup and restore ask of the list of erasures: it lies beside every archive, and a restore does it again."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect

from app.cli.opening import opened
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.database import Database
from app.services.evidence import erasure_list
from app.services.evidence.erasure_list import ErasureListBroken

BESIDE = "erasures.jsonl"


def list_beside(settings: Settings, archive: Path) -> None:
    """Bring the installation's list up to date, and the one beside this archive."""
    with opened(settings) as database, database.transaction() as session:
        lines = erasure_list.lines_of(session)
    try:
        for path in (settings.erasure_list, archive.with_name(BESIDE)):
            erasure_list.append(path, lines)
    except ErasureListBroken as error:
        raise SettingsError(f"The list of erasures is damaged: {error}. Mend the line by hand, from a copy.") from error


def list_only(settings: Settings, database: Database) -> None:
    """What was just erased, at once: a worker may not be running."""
    with database.transaction() as session:
        lines = erasure_list.lines_of(session)
    erasure_list.append(settings.erasure_list, lines)


def erase_again(settings: Settings, archive: Path | None = None) -> int:
    """Erase whom this installation's list and the one beside the archive name; how many subjects.

    A backup from before there were such lists has no table for them: `tannha migrate` comes by here again.
    """
    paths = [settings.erasure_list] + ([archive.with_name(BESIDE)] if archive is not None else [])
    try:
        lines = erasure_list.read(*paths)
    except ErasureListBroken as error:
        raise SettingsError(
            f"The list of erasures is damaged: {error}. Who was erased may be back: mend the line by hand, from a copy, "
            "and run `tannha migrate`."
        ) from error
    with opened(settings) as database:
        if not lines or not inspect(database.engine).has_table("erasure"):
            return 0
        with database.transaction() as session:
            done = erasure_list.replay(session, lines, make_clock(settings).now())
    erasure_list.append(settings.erasure_list, lines)
    return done

"""`tannha migrate`: schema, job tables and reference data, in one go, as often as you like."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

import alembic.command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

import migrations
from app.cli.erasures import erase_again
from app.cli.opening import opened
from app.cli.output import add_json, show
from app.cli.schema_locks import PAUSES_S, hurry_locks, persevere
from app.cli.schema_rights import check_rights, make_role
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.database import Database
from app.services.reference.files import BadReference
from app.services.reference.load import PARTS, ReferenceCounts, load_reference
from app.worker.schema import migrate_jobs
from integrations.geocoding.units import former_units, units

LOCK = 7_203_452_025  # any number of processes may call migrate at once: one works, the others wait


def alembic_config() -> Config:
    """Alembic's settings without pyproject.toml: an installed wheel has none."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def migrate_schema(engine: Engine, revision: str = "head", pauses_s: Sequence[float] = PAUSES_S) -> None:
    """Upgrade the schema to `revision` and the job tables to the installed procrastinate. `engine`: the owner's."""

    def upgrade(connection: Connection) -> None:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        check_rights(connection)
        make_role(connection)
        hurry_locks(connection)
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, revision)
        migrate_jobs(connection)

    persevere(engine, upgrade, pauses_s)


def bring_up_to_date(database: Database, now: datetime, files: Mapping[str, Path] | None = None) -> ReferenceCounts:
    """Schema, job tables and reference data; a second call changes nothing. `database`: the owner's."""
    migrate_schema(database.engine)
    with database.transaction() as session:
        return load_reference(session, units(), former_units(), now=now, replacements=files)


KINDS: Final = {".csv", ".xlsx", ".geojson", ".json"}


def operator_files(settings: Settings) -> dict[str, Path]:
    """The operator's own reference data: `$TANNHA_VAR/reference/PART.csv` (.xlsx, .geojson, .json) replaces that part.

    Nothing in the folder is passed over in silence but what programs hide there (`.name`, `~$name`).
    """
    found: dict[str, Path] = {}
    for path in sorted((settings.var / "reference").glob("*")):
        if not path.name.startswith((".", "~$")):
            _add_part(found, path)
    return found


def _add_part(found: dict[str, Path], path: Path) -> None:
    if path.suffix.lower() not in KINDS:
        raise SettingsError(f"{path} is none of {', '.join(sorted(KINDS))}: save it as one of them, or move it away.")
    part = path.stem.lower()
    if part not in PARTS:
        raise SettingsError(f"{path} names no part of the reference data: the parts are {', '.join(sorted(PARTS))}.")
    if part in found:
        raise SettingsError(f"{path} and {found[part].name} both give the part {part}: keep one of them.")
    found[part] = path


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    try:
        with opened(settings, as_owner=True) as database:
            counts = bring_up_to_date(database, make_clock(settings).now(), operator_files(settings))
        erase_again(settings)
    except BadReference as error:
        raise SettingsError(f"The reference data was not loaded: {error}.") from error
    text_line = (
        f"Up to date: {counts.units} units, {counts.former_units} old names, {counts.offices} offices, "
        f"{counts.desks} desks, {counts.procedures} procedures ({counts.changed} rows changed)."
    )
    show(asdict(counts), text_line, as_json=args.json)
    return 0

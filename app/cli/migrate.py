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
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

import migrations
from app.cli.erasures import erase_again
from app.cli.opening import opened
from app.cli.output import add_json, show
from app.cli.schema_locks import PAUSES_S, hurry_locks, persevere
from app.cli.schema_rights import check_rights, make_role
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.database import APP_ROLE, Database
from app.services.reference.files import BadReference
from app.services.reference.load import PARTS, ReferenceCounts, load_reference
from app.watching.trail import KEY
from app.worker.schema import migrate_jobs
from integrations.geocoding.units import former_units, units

LOCK = 7_203_452_025  # any number of processes may call migrate at once: one works, the others wait


def alembic_config() -> Config:
    """Alembic's settings without pyproject.toml: an installed wheel has none."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def steps() -> list[str]:
    """Every migration, the newest first."""
    return [step.revision for step in ScriptDirectory.from_config(alembic_config()).walk_revisions()]


def newest_step() -> str:
    return steps()[0]


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
        connection.execute(text(f"grant select on alembic_version to {APP_ROLE}"))  # each start looks whether it fits

    persevere(engine, upgrade, pauses_s)


def go_back(engine: Engine, revision: str, pauses_s: Sequence[float] = PAUSES_S) -> None:
    """Undo the migrations behind `revision`; jobs that wait become such as an older worker understands. `engine`: the owner's."""

    def downgrade(connection: Connection) -> None:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        hurry_locks(connection)
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.downgrade(config, revision)
        plain = text(f"update procrastinate_jobs set args = args - '{KEY}' where args ? '{KEY}' and status = 'todo'")  # noqa: S608 - a constant of ours
        connection.execute(plain)

    persevere(engine, downgrade, pauses_s)


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
    parser.add_argument(
        "--down-to",
        metavar="STEP",
        help="go back to an older version's schema, such as 0027 (what that version calls itself: tannha --version); "
        "what only newer columns hold is lost",
    )
    parser.add_argument("--database", help="with --down-to: the name of the database, so that it is the one you mean")


def run(args: argparse.Namespace, settings: Settings) -> int:
    if args.down_to is not None:
        return _go_back(args, settings)
    try:
        with opened(settings, as_owner=True) as database:
            counts = bring_up_to_date(database, make_clock(settings).now(), operator_files(settings))
        erase_again(settings)
    except BadReference as error:
        raise SettingsError(f"The reference data was not loaded: {error}.") from error
    text_line = (
        f"Up to date: {counts.units} units, {counts.former_units} old names, {counts.offices} offices, "
        f"{counts.desks} desks, {counts.shapes} shapes of units, {counts.procedures} procedures ({counts.changed} rows changed)."
    )
    show(asdict(counts), text_line, as_json=args.json)
    return 0


def _go_back(args: argparse.Namespace, settings: Settings) -> int:
    known = steps()
    if args.down_to not in known:
        raise SettingsError(f"There is no step {args.down_to!r}: they are {known[-1]} to {known[0]}.")
    with opened(settings, as_owner=True) as database:
        name = database.engine.url.database
        if args.database != name:
            raise SettingsError(
                f"Going back to {args.down_to} loses what only newer columns hold. Stop web and worker, take a backup, then "
                f"say which database you mean: --database {name}."
            )
        go_back(database.engine, args.down_to)
    show({"step": args.down_to}, f"The schema is that of {args.down_to}: install that version now.", as_json=args.json)
    return 0

"""`tannha migrate`: schema, job tables and reference data, in one go, as often as you like."""

from __future__ import annotations

from pathlib import Path

import alembic.command
from alembic.config import Config
from sqlalchemy import Engine, text

import migrations
from app.worker.schema import migrate_jobs

LOCK = 7_203_452_025  # any number of processes may call migrate at once: one works, the others wait


def alembic_config() -> Config:
    """Alembic's settings without pyproject.toml: an installed wheel has none."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return config


def migrate_schema(engine: Engine, revision: str = "head") -> None:
    """Upgrade the schema to `revision` and the job tables to the installed procrastinate. `engine`: the owner's."""
    with engine.connect() as connection, connection.begin():
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = alembic_config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, revision)
        migrate_jobs(connection)

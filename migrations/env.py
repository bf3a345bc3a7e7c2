"""Runs migrations on the connection that `app.cli.migrate` hands over, or on the one the settings name."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from app.models import Base


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """procrastinate's tables are its own (docs/decisions/repository-layout.md)."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_name=include_name, compare_server_default=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    from app.config import load_settings
    from app.database import make_engine, owner_url

    with make_engine(owner_url(load_settings())).connect() as own:
        migrate(own)
        own.commit()

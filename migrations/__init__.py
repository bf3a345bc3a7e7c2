"""Alembic's scripts: one head, numbered, shipped in the wheel."""

"""Tests of proving custody change what nobody may change: they connect as the owner."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.unit_of_work import UnitOfWork
from tests.conftest import rolled_back


@pytest.fixture
def superuser(owner_engine: Engine) -> Iterator[UnitOfWork]:
    """A session that may switch the triggers off; everything is rolled back at the end."""
    with rolled_back(owner_engine) as session:
        yield session

"""One small demonstration a test process: it takes seconds, so it is made once and only read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL

from app.config import Keys
from app.database import APP_ROLE, Database, make_engine
from app.services.demo.make import make_demo
from app.services.demo.plan import DemoOrder
from tests.conftest import create_database

KEYS = Keys(web="w" * 40, pepper=b"p" * 32, signing=b"s" * 32, phones=b"k" * 32, files=b"f" * 32, secrets=b"e" * 32)
ORDER = DemoOrder(day=date(2026, 12, 1), errands=24, seed=7, password="mat-khau-mau")
Demo = tuple[Database, dict[str, Any]]


def demonstration(server: URL, template: str, name: str) -> Iterator[Demo]:
    engine = make_engine(create_database(server, name, template), role=APP_ROLE)
    database = Database(engine)
    yield database, make_demo(database, ORDER, KEYS)
    engine.dispose()


@pytest.fixture(scope="session")
def demo(server_url: URL, reference_template: str, worker_id: str) -> Iterator[Demo]:
    yield from demonstration(server_url, reference_template, f"demo_{worker_id}")


@pytest.fixture
def another(server_url: URL, reference_template: str, worker_id: str, tmp_path: Path) -> Iterator[Demo]:
    yield from demonstration(server_url, reference_template, f"demo_again_{worker_id}")

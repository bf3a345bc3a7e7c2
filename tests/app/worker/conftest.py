"""A database of its own: workers are other processes and see only what was committed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.config import Settings
from app.database import Database, connect
from app.domain.errand import ErrandKind
from app.models import Message
from app.services.messaging import messages
from tests.app.worker.told import Told
from tests.factories import DAY, KEYS, NOW, make_errand, make_request


@pytest.fixture
def database(new_installation: Settings) -> Iterator[Database]:
    database = connect(new_installation)
    yield database
    database.engine.dispose()


@pytest.fixture
def told(committed: Database) -> Told:
    with committed.transaction() as session:
        request = make_request(session)
        messages.tell(session, request, None, "courier_on_way", NOW, f"t:{request.id}")
        return Told(committed, session.scalars(select(Message.id).where(Message.request_id == request.id)).one())


@pytest.fixture
def code(committed: Database) -> Told:
    """The evening's message with the code of a hand-over."""
    with committed.transaction() as session:
        errand = make_errand(session, kind=ErrandKind.DELIVER)
        messages.tell_evening_before(session, DAY, NOW, KEYS, errand.office_id)
        return Told(committed, session.scalars(select(Message.id).where(Message.errand_id == errand.id)).one())

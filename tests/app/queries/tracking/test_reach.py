"""How a citizen was reached before is asked at each look at a request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, text

from app.queries.tracking.reach import reach_of
from app.unit_of_work import UnitOfWork
from tests.factories import make_applicant, make_request


def test_whose_messages_is_asked_of_an_index(session: UnitOfWork) -> None:
    """Else each look at a request reads the messages of 90 days."""
    request = make_request(session, applicant=make_applicant(session, email="ba.thu@vidu.example"))
    asked: list[tuple[str, Any]] = []

    @event.listens_for(session.connection(), "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, params: object, *_rest: object) -> None:
        asked.append((statement, params))

    reach_of(session, request)
    event.remove(session.connection(), "before_cursor_execute", note)
    ((statement, params),) = [one for one in asked if "sending" in one[0]]
    session.execute(text("set local enable_seqscan = off"))  # of a table of three rows it would read them all
    plan = session.connection().exec_driver_sql(f"explain {statement}", params).scalars()
    assert "ix_message_recipient" in "\n".join(plan)

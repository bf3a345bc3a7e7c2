"""How a citizen was reached before is asked at each look at a request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, text

from app.queries.tracking.reach import reach_of
from app.unit_of_work import UnitOfWork
from tests.factories import make_applicant, make_request

OF_OTHERS = """
with told as (
  insert into message (id, trigger, request_id, template, template_version, language, channel, recipient, body, state, created_at)
  select gen_random_uuid(), 'others:' || n, :request, 'booked', 1, 'vi', 'sms', 'somebody else ' || n, 'x', 'sent', now()
  from generate_series(1, 2000) n
  returning id
)
insert into sending (id, message_id, channel, state, is_repeat, tries, reports, began_at)
select gen_random_uuid(), id, 'sms', 'sent', false, 1, true, now() from told
"""


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
    _as_an_office_has_it(session)
    plan = session.connection().exec_driver_sql(f"explain {statement}", params).scalars()
    assert "ix_message_recipient" in "\n".join(plan)


def _as_an_office_has_it(session: UnitOfWork) -> None:
    """Messages of many others, counted by the server: of a table of three rows it reads whichever index it likes, or all rows."""
    request_id = make_request(session).id
    session.execute(text("set local role none"))  # the application may not have tables counted
    session.execute(text(OF_OTHERS), {"request": request_id})
    session.execute(text("analyze message, sending"))

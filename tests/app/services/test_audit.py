import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.models import AuditEvent
from app.services.audit import PERSONAL, record
from tests.factories import NOW


def test_an_act_is_written_down_with_who_and_when(session: Session) -> None:
    record(session, "staff:1", "cancel", "errand", 7, NOW, slot=3)
    event = session.scalars(select(AuditEvent)).one()
    assert (event.actor, event.action, event.object_kind, event.object_id) == ("staff:1", "cancel", "errand", "7")
    assert (event.at, event.detail) == (NOW, {"slot": 3})


@pytest.mark.parametrize("detail", sorted(PERSONAL))
def test_personal_data_has_no_place_in_it(session: Session, detail: str) -> None:
    with pytest.raises(ValueError, match=detail):
        record(session, "staff:1", "look", "errand", 7, NOW, **{detail: "x"})


@pytest.mark.parametrize("statement", ["update audit_event set actor = 'x'", "delete from audit_event"])
def test_what_is_written_stays_written(session: Session, statement: str) -> None:
    record(session, "staff:1", "cancel", "errand", 7, NOW)
    session.flush()
    with pytest.raises(ProgrammingError), session.begin_nested():
        session.execute(text(statement))

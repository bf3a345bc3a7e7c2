"""What a partner's event says, written when it happens."""

from __future__ import annotations

from sqlalchemy import select

from app.models import OutboxMessage
from app.services.visits.failures import record_failure
from app.unit_of_work import UnitOfWork
from tests.factories import make_partner
from tests.factories.custody import failing, make_road, result_out
from tests.factories.webhooks import make_subscriber


def test_a_failure_is_told_with_its_outcome_and_with_nothing_that_was_seen_there(session: UnitOfWork) -> None:
    road = make_road(session)
    road.request.partner_id = make_partner(session, "a key").id
    session.flush()
    make_subscriber(session, road.request.partner_id)
    result_out(session, road)
    record_failure(session, failing(road, evidence={"gate_photo": "cổng xanh", "call": "0900 000 001"}))
    session.flush()
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "errand.failed")).one()
    data = told.body["data"]
    assert (data["outcome"], data["state"], data["errand_id"]) == ("ABSENT", "failed", str(road.delivery.id))
    assert data.keys() == {
        "errand_id",
        "request_id",
        "kind",
        "state",
        "revision",
        "executed_by",
        "slot",
        "outcome",
        "dossiers",
    }
    assert "cổng xanh" not in str(told.body)
    assert told.subject == str(road.request.id)

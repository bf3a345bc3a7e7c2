"""The log of what a partner was told, a test message, and once more."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.errand import ErrandState
from app.models import OutboxMessage, Subscriber
from app.services.booking import errands
from app.unit_of_work import UnitOfWork
from tests.app.web.api.agency_line import AgencyLine, said
from tests.factories import NOW, World, make_errand, make_partner, make_request
from tests.factories.webhooks import make_subscriber


@pytest.fixture
def partner(client: FlaskClient, world: World) -> AgencyLine:
    return AgencyLine(client, "the key of a partner")


@pytest.fixture
def subscriber(session: UnitOfWork, partner: AgencyLine) -> Subscriber:
    return make_subscriber(session, make_partner(session, partner.key).id)


def home(subscriber: Subscriber) -> str:
    return f"/subscriptions/{subscriber.id}"


def test_a_ping_stands_in_the_log_with_what_it_says(partner: AgencyLine, subscriber: Subscriber) -> None:
    answer = partner.post(f"{home(subscriber)}/pings", {})
    assert answer.status_code == 201
    shown = said(partner.get(answer.headers["Location"]))
    assert (shown["event"], shown["state"], shown["tries"], shown["status"]) == ("ping", "queued", 0, None)
    assert shown["payload"]["data"] == {"subscription_id": subscriber.id}
    assert shown["happened_at"] == "2026-11-30T09:00:00+07:00"


def test_a_repeated_ping_is_one(partner: AgencyLine, subscriber: Subscriber) -> None:
    first, second = (partner.post(f"{home(subscriber)}/pings", {}, "the same call") for _ in range(2))
    assert first.json == second.json
    assert len(said(partner.get(f"{home(subscriber)}/deliveries"))["deliveries"]) == 1


def test_what_happens_to_a_request_stands_in_the_log(
    partner: AgencyLine, subscriber: Subscriber, session: UnitOfWork
) -> None:
    errand = make_errand(session, make_request(session, partner_id=subscriber.partner_id))
    errands.close(session, errand, ErrandState.CANCELLED, NOW)
    session.flush()
    told = said(partner.get(f"{home(subscriber)}/deliveries"))["deliveries"]
    assert [one["event"] for one in told] == ["errand.cancelled"]
    assert told[0]["payload"]["data"]["errand_id"] == str(errand.id)


def test_the_log_comes_in_pages_and_none_is_missed_or_told_twice(partner: AgencyLine, subscriber: Subscriber) -> None:
    for _ in range(5):
        partner.post(f"{home(subscriber)}/pings", {})
    seen, following = [], f"{home(subscriber)}/deliveries?limit=2"
    sizes = []
    while following:
        page = said(partner.get(following))
        sizes.append(len(page["deliveries"]))
        seen += [one["id"] for one in page["deliveries"]]
        following = page["links"]["next"]
        partner.post(f"{home(subscriber)}/pings", {})  # what is new comes before the first page
    assert sizes == [2, 2, 1]
    assert len(set(seen)) == 5


@pytest.mark.parametrize("query", ["cursor=x", "cursor=0", "limit=0", "limit=101"])
def test_a_bad_page_is_refused(partner: AgencyLine, subscriber: Subscriber, query: str) -> None:
    assert partner.get(f"{home(subscriber)}/deliveries?{query}").status_code == 422


@pytest.mark.parametrize("state", ["sent", "refused", "parked", "late", "withdrawn"])
def test_whatever_became_of_it_it_is_sent_again_under_its_id(
    partner: AgencyLine, subscriber: Subscriber, session: Session, state: str
) -> None:
    delivery = said(partner.post(f"{home(subscriber)}/pings", {}))
    session.execute(text(f"update outbox_message set state = '{state}'"))
    session.expire_all()
    answer = partner.post(delivery["links"]["replay"][7:], {})
    assert (answer.status_code, said(answer)["id"], said(answer)["state"]) == (202, delivery["id"], "queued")
    job = "select count(*) from procrastinate_jobs where task_name = 'tell_subscriber' and args ->> 'dispatch_id' = :id"
    assert session.scalar(text(job), {"id": delivery["id"]}) == 2


def test_what_is_being_tried_is_not_sent_beside_itself(partner: AgencyLine, subscriber: Subscriber) -> None:
    delivery = said(partner.post(f"{home(subscriber)}/pings", {}))
    answer = partner.post(delivery["links"]["replay"][7:], {})
    assert (answer.status_code, said(answer)["code"]) == (409, "delivery_under_way")


def test_a_subscription_that_is_off_is_sent_nothing(
    partner: AgencyLine, subscriber: Subscriber, session: Session
) -> None:
    delivery = said(partner.post(f"{home(subscriber)}/pings", {}))
    partner.client.patch(f"/api/v1{home(subscriber)}", json={"active": False}, headers=partner.auth | {"If-Match": "*"})
    session.expire_all()
    assert said(partner.get(delivery["links"]["self"]))["state"] == "withdrawn"
    for path in (f"{home(subscriber)}/pings", delivery["links"]["replay"][7:]):
        answer = partner.post(path, {})
        assert (answer.status_code, said(answer)["code"]) == (409, "subscription_off")


def test_a_message_to_another_subscription_is_not_found(
    partner: AgencyLine, subscriber: Subscriber, session: UnitOfWork
) -> None:
    other = make_subscriber(session, make_partner(session, "another key").id)
    theirs = OutboxMessage(link=other.link, kind="ping", subject="ping", trigger=str(uuid4()), body={}, created_at=NOW)
    session.add(theirs)
    session.flush()
    path = f"{home(subscriber)}/deliveries/{theirs.id}"
    assert partner.get(path).status_code == 404
    assert partner.post(f"{path}/replay", {}).status_code == 404

"""Events told to partners' endpoints on loopback, which verify them as Standard Webhooks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from standardwebhooks import WebhookVerificationError

from app.clock import Clock
from app.config import Settings, load_keys
from app.database import Database
from app.domain.breaker import FAILURES_TO_OPEN, PATIENCE
from app.domain.dossier import DossierState
from app.domain.webhook import ChangeSubscription
from app.models import AuditEvent, Dossier, Errand, Link, Partner, Subscriber
from app.services import retention
from app.services.outbox import queue, subscriptions
from app.services.staff import access
from app.worker.context import WorkerContext
from app.worker.outbox import NotYet
from tests.app.worker.subscribed import Office, fine
from tests.app.worker.test_run import worker
from tests.factories import KEYS, NOW, make_dossier, make_errand, make_partner, make_request
from tests.factories.counter import number
from tests.factories.links import forget_links
from tests.factories.webhooks import make_subscriber
from tests.fakes.partner import Partner as Receiver
from tests.fakes.partner import Reply, Sent


@pytest.fixture
def office(committed: Database, settings: Settings) -> Iterator[Office]:
    with committed.transaction() as session:
        forget_links(session)
        partner = make_partner(session, f"a key of webhooks {number()}")
        request = make_request(session, partner_id=partner.id)
        dossier = make_dossier(session, request, code=f"H21.65-261129-{number():05d}")
        errand = make_errand(session, request, dossiers=[dossier])
        ids = partner.id, errand.id, dossier.id
    with Receiver(fine) as receiver:
        context = WorkerContext(settings, committed, Clock(fixed=NOW), KEYS)
        town = Office(context, receiver, ids[0], 0, "", ids[1], ids[2])
        town.subscriber_id, town.secret = town.subscribe(f"{receiver.url}/hook")
        yield town
    with committed.transaction() as session:
        forget_links(session)


# -- what is sent


def test_an_event_arrives_and_is_verified_with_the_partners_secret(office: Office) -> None:
    outbox_message = office.cancel()
    assert office.tell(outbox_message) == "sent"
    sent = office.receiver.sent[0]
    said = office.verified(sent)
    assert said["type"] == "errand.cancelled"
    assert said["timestamp"] == "2026-11-30T09:00:00+07:00"
    assert said["data"]["errand_id"] == str(office.errand_id)
    assert said["data"]["dossiers"][0]["dossier_id"] == str(office.dossier_id)
    assert sent.headers["webhook-id"] == str(outbox_message)
    found = office.row(outbox_message)
    assert (found.state, found.status, found.tries, found.tried_at) == ("sent", 204, 1, NOW)


def test_nothing_personal_leaves_the_house(office: Office) -> None:
    for outbox_message in (office.cancel(), office.move(DossierState.ACCEPTED)):
        office.tell(outbox_message)
    with office.context.database.transaction() as session:
        request = session.get_one(Errand, office.errand_id).request
        personal = {request.applicant.name, request.applicant.phone, request.place.address, request.tracking_token}
    sent = b"".join(one.body for one in office.receiver.sent).decode()
    assert len(office.receiver.sent) == 2
    assert [value for value in personal if value and value in sent] == []


def test_a_state_is_told_as_it_was(office: Office) -> None:
    first, second = office.move(DossierState.ACCEPTED), office.move(DossierState.IN_PROCESS)
    for outbox_message in (first, second):
        assert office.tell(outbox_message) == "sent"
    assert [office.verified(sent)["data"]["state"] for sent in office.receiver.sent] == [2, 4]


def test_a_request_s_events_arrive_in_their_order(office: Office) -> None:
    first, second = office.move(DossierState.ACCEPTED), office.move(DossierState.IN_PROCESS)
    office.receiver.faults = [Reply(503)]
    with pytest.raises(NotYet):
        office.tell(first)
    assert office.tell(second) is None
    assert len(office.receiver.sent) == 1
    assert [office.tell(first), office.tell(second)] == ["sent", "sent"]
    assert [office.verified(sent)["data"]["state"] for sent in office.receiver.sent[1:]] == [2, 4]


def test_only_the_chosen_events_are_told(office: Office) -> None:
    chosen, _ = office.subscribe(f"{office.receiver.url}/few", "errand.cancelled")
    office.move(DossierState.ACCEPTED)
    office.cancel()
    assert [one.kind for one in office.all(chosen)] == ["errand.cancelled"]
    assert [one.kind for one in office.all()] == ["dossier.state_changed", "errand.cancelled"]


def test_a_ping_goes_the_same_road(office: Office) -> None:
    outbox_message = office.ping()
    assert office.tell(outbox_message) == "sent"
    assert office.verified(office.receiver.sent[0])["type"] == "ping"


def test_a_ping_that_was_refused_holds_up_no_other(office: Office) -> None:
    office.receiver.faults = [Reply(400)]
    assert [office.tell(office.ping()) for _ in range(2)] == ["refused", "sent"]


def test_an_agency_hears_of_the_dossiers_it_told_us_of_and_of_no_others(office: Office) -> None:
    with office.context.database.transaction() as session:
        agency = make_partner(session, f"a key of an agency {number()}").id
        stranger = make_partner(session, f"a key of a stranger {number()}").id
        errand = session.get_one(Errand, office.errand_id)
        theirs = make_dossier(session, errand.request, partner_id=agency, position=2)
        errand.dossiers.append(theirs)
        told = str(theirs.id)
    agency_s, _ = office.subscribe(f"{office.receiver.url}/agency", partner_id=agency)
    stranger_s, _ = office.subscribe(f"{office.receiver.url}/stranger", partner_id=stranger)
    office.move(DossierState.ACCEPTED)
    office.cancel()
    heard = office.all(agency_s)
    assert [one.kind for one in heard] == ["errand.cancelled"]
    assert [one["dossier_id"] for one in heard[0].body["data"]["dossiers"]] == [told]
    assert len(office.all()[-1].body["data"]["dossiers"]) == 2
    assert office.all(stranger_s) == []


def test_an_agency_hears_of_a_visit_that_a_citizen_booked_for_its_dossier(office: Office) -> None:
    with office.context.database.transaction() as session:
        agency = make_partner(session, f"a key of an agency {number()}").id
        session.get_one(Errand, office.errand_id).request.partner_id = None
        session.get_one(Dossier, office.dossier_id).partner_id = agency
    agency_s, _ = office.subscribe(f"{office.receiver.url}/agency", partner_id=agency)
    office.move(DossierState.ACCEPTED)
    office.cancel()
    assert [one.kind for one in office.all(agency_s)] == ["dossier.state_changed", "errand.cancelled"]


# -- secrets


def test_while_secrets_replace_each_other_both_verify_and_afterwards_the_new_one_only(office: Office) -> None:
    new = office.rotate(24)
    office.tell(office.ping())
    first = office.receiver.sent[0]
    assert office.verified(first, office.secret) == office.verified(first, new)
    office.tell(office.ping(), office.later(timedelta(hours=25)))
    second = office.receiver.sent[1]
    assert office.verified(second, new)
    with pytest.raises(WebhookVerificationError):
        office.verified(second, office.secret)


def test_after_a_leak_the_former_secret_ends_at_once(office: Office) -> None:
    new = office.rotate(0)
    office.tell(office.ping())
    assert office.verified(office.receiver.sent[0], new)
    with pytest.raises(WebhookVerificationError):
        office.verified(office.receiver.sent[0], office.secret)


def test_no_secret_stands_in_the_database_or_in_a_log(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    new = office.rotate(24)
    office.receiver.faults = [Reply(400)]
    office.tell(office.ping())
    with office.context.database.transaction() as session:
        rows = [str(row) for row in session.execute(text("select * from subscriber")).all()]
        rows += [str(row) for row in session.execute(text("select * from audit_event where object_kind <> ''")).all()]
    for secret in (office.secret, new):
        plain = secret.removeprefix("whsec_")
        assert plain not in "\n".join(rows) + caplog.text
    assert office.secret not in caplog.text


def test_a_former_secret_that_signs_no_more_is_not_kept(office: Office) -> None:
    office.rotate(1)
    with office.context.database.transaction() as session:
        retention.keep_time_limits(session, NOW + timedelta(minutes=30))
    assert office.subscriber().former_secret is not None
    with office.context.database.transaction() as session:
        retention.keep_time_limits(session, NOW + timedelta(hours=1))
    assert office.subscriber().former_secret is None


# -- what comes back


def test_a_busy_endpoint_is_asked_again_and_the_message_keeps_its_id(office: Office) -> None:
    outbox_message = office.cancel()
    office.receiver.faults = [Reply(503), Reply(429, headers={"Retry-After": "90"})]
    for status in (503, 429):
        with pytest.raises(NotYet) as put_off:
            office.tell(outbox_message)
        assert office.row(outbox_message).status == status
    assert put_off.value.wait_s >= 90
    assert office.tell(outbox_message) == "sent"
    assert {sent.headers["webhook-id"] for sent in office.receiver.sent} == {str(outbox_message)}
    assert {sent.body for sent in office.receiver.sent} == {office.receiver.sent[0].body}
    assert office.row(outbox_message).tries == 3


def test_after_two_days_it_waits_for_somebody_who_sends_it_again(office: Office) -> None:
    outbox_message = office.cancel()
    office.receiver.faults = [Reply(503)]
    assert office.tell(outbox_message, office.later(PATIENCE + timedelta(seconds=1))) == "late"
    with office.context.database.transaction() as session:
        queue.replay(session, outbox_message, "staff:1", NOW)
    assert office.tell(outbox_message) == "sent"
    assert len({sent.headers["webhook-id"] for sent in office.receiver.sent}) == 1


@pytest.mark.parametrize(
    ("reply", "state"), [(Reply(400), "refused"), (Reply(308, headers={"Location": "https://x.example/"}), "parked")]
)
def test_what_it_refuses_and_where_it_points_waits_for_a_person(office: Office, reply: Reply, state: str) -> None:
    outbox_message = office.cancel()
    office.receiver.faults = [reply]
    assert office.tell(outbox_message) == state
    assert office.row(outbox_message).status == reply.status


def test_a_410_switches_the_subscription_off_and_tells_the_administrators(office: Office) -> None:
    first, waiting = office.cancel(), office.ping()
    office.receiver.faults = [Reply(410)]
    assert office.tell(first) == "refused"
    assert office.tell(waiting) is None
    assert not office.subscriber().active
    assert office.row(waiting).state == "withdrawn"
    with office.context.database.transaction() as session:
        link = session.get_one(Link, f"webhook:{office.subscriber_id}")
        told = select(AuditEvent.action).where(AuditEvent.object_kind == "subscription").order_by(AuditEvent.id.desc())
        assert session.scalars(told.limit(1)).one() == "subscription.gone"
        assert "410" in (link.last_fault or "")
    office.move(DossierState.ACCEPTED)
    assert len(office.all()) == 2


def test_a_switched_off_subscription_is_told_again_when_it_is_switched_on(office: Office) -> None:
    first = office.cancel()
    for active in (False, True):
        with office.context.database.transaction() as session:
            subscriber = session.get_one(Subscriber, office.subscriber_id)
            subscriptions.change(session, subscriber, ChangeSubscription(None, active), NOW)
    assert office.row(first).state == "withdrawn"
    assert office.tell(office.move(DossierState.ACCEPTED)) == "sent"
    office.again(first)
    assert office.tell(first) == "sent"


def test_what_was_delivered_is_delivered_again_under_its_id(office: Office) -> None:
    outbox_message = office.cancel()
    office.tell(outbox_message)
    office.again(outbox_message)
    assert office.tell(outbox_message) == "sent"
    ids = [sent.headers["webhook-id"] for sent in office.receiver.sent]
    assert ids == [str(outbox_message)] * 2
    assert len({sent.body for sent in office.receiver.sent}) == 1


def test_an_ended_subscription_is_sent_nothing_more(office: Office) -> None:
    waiting = office.cancel()
    office.end()
    assert office.tell(waiting) is None
    assert office.row(waiting).state == "withdrawn"
    office.move(DossierState.ACCEPTED)
    assert len(office.all()) == 1
    assert office.receiver.sent == []
    assert office.subscriber().secret == ""


def test_what_was_on_its_way_when_the_subscription_ended_is_not_tried_again(office: Office) -> None:
    outbox_message = office.cancel()

    def end_meanwhile(_: Sent) -> Reply:
        office.end()
        return Reply(503)

    with Receiver(end_meanwhile) as receiver:
        with office.context.database.transaction() as session:
            session.get_one(Subscriber, office.subscriber_id).url = receiver.url
        assert office.tell(outbox_message) is None
    assert office.row(outbox_message).state == "withdrawn"


def test_a_revoked_key_ends_its_subscriptions(office: Office) -> None:
    with office.context.database.transaction() as session:
        access.revoke_partner(session, session.get_one(Partner, office.partner_id), "system", NOW)
    assert office.subscriber().ended_at == NOW


def test_in_production_nothing_is_sent_into_the_house(office: Office) -> None:
    outbox_message = office.ping()
    production = replace(office.context, settings=replace(office.context.settings, environment="production"))
    assert office.tell(outbox_message, production) == "refused"
    assert office.receiver.sent == []
    assert "public Internet" in (office.row(outbox_message).reason or "")


def test_after_a_few_failures_the_endpoint_is_left_alone(office: Office) -> None:
    office.receiver.faults = [Reply(500)] * FAILURES_TO_OPEN
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(NotYet):
            office.tell(office.move(DossierState.ACCEPTED) if not office.all() else office.all()[0].id)
    with pytest.raises(NotYet):
        office.tell(office.all()[0].id)
    assert len(office.receiver.sent) == FAILURES_TO_OPEN
    assert office.tell(office.all()[0].id, office.later(timedelta(minutes=1))) == "sent"


# -- a worker


def test_an_endpoint_that_hangs_delays_no_other(new_installation: Settings, database: Database) -> None:
    release, arrived = threading.Event(), threading.Event()
    order: list[str] = []

    def hang(_: Sent) -> Reply:
        order.append("slow")
        release.wait(30)
        return Reply(204, b"")

    def answer(_: Sent) -> Reply:
        order.append("fast")
        if order.count("fast") == 10:
            arrived.set()
        return Reply(204, b"")

    with Receiver(hang) as slow, Receiver(answer) as fast:
        with database.transaction() as session:
            partner = make_partner(session)
            keys = load_keys(new_installation)
            both = [make_subscriber(session, partner.id, one.url, keys=keys) for one in (slow, fast)]
            for n in range(10):
                for one in both:
                    told = queue.OutboxDraft(one.link, "ping", f"subject {n}", f"{one.link}:{n}", {"type": "ping"})
                    queue.promise(session, told, NOW)
        with worker(new_installation):
            assert arrived.wait(60)
            assert order.count("slow") <= 2
            release.set()

"""A partner's subscriptions: made, changed with care, ended; every one sees its own only."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.clock import Clock
from app.config import Settings
from app.domain.webhook import EVENTS, MOST_SUBSCRIPTIONS
from app.factory import create_app
from app.models import AuditEvent, Link, Subscriber
from app.unit_of_work import UnitOfWork
from tests.app.web.api.agency_line import AgencyLine, faults, said
from tests.app.web.conftest import OuterTransaction
from tests.factories import NOW, World, make_partner

URL = "https://partner.example/hook?token=chi-minh-toi-biet"
OTHER_KEY = "another partner's key"


@pytest.fixture
def partner(client: FlaskClient, world: World) -> AgencyLine:
    """A program whose key speaks for no desk."""
    return AgencyLine(client, "a key of tests")


@pytest.fixture
def other(client: FlaskClient, session: UnitOfWork) -> AgencyLine:
    make_partner(session, OTHER_KEY)
    return AgencyLine(client, OTHER_KEY)


@pytest.fixture
def made(partner: AgencyLine) -> dict[str, Any]:
    return said(partner.post("/subscriptions", {"url": URL}))


def here(made: dict[str, Any]) -> str:
    return str(made["links"]["self"])


def patch(partner: AgencyLine, path: str, body: object, tag: str | None) -> TestResponse:
    headers = partner.auth | ({"If-Match": tag} if tag else {})
    return partner.client.patch(path, json=body, headers=headers)


def tag_of(partner: AgencyLine, made: dict[str, Any]) -> str:
    return partner.get(here(made)).headers["ETag"]


def test_a_subscription_is_made_and_found_at_its_address(partner: AgencyLine) -> None:
    answer = partner.post("/subscriptions", {"url": URL, "events": ["errand.done"]})
    assert answer.status_code == 201
    shown = said(partner.get(answer.headers["Location"]))
    assert (shown["url"], shown["events"], shown["active"]) == (URL, ["errand.done"], True)
    assert shown == {name: value for name, value in said(answer).items() if name != "secret"}
    assert said(partner.get("/subscriptions"))["subscriptions"] == [shown]


def test_its_secret_has_the_form_of_the_standard_and_is_shown_once(
    partner: AgencyLine, made: dict[str, Any], session: UnitOfWork
) -> None:
    prefix, _, secret = made["secret"].partition("_")
    assert (prefix, len(base64.b64decode(secret))) == ("whsec", 32)
    assert "secret" not in said(partner.get(here(made)))
    kept = str(session.execute(text("select * from subscriber")).all())
    kept += str(session.execute(text("select * from stored_answer")).all())
    assert secret not in kept


def test_the_same_call_is_answered_the_same_and_makes_one(partner: AgencyLine, session: UnitOfWork) -> None:
    first, second = (partner.post("/subscriptions", {"url": URL}, "the same call") for _ in range(2))
    assert (first.json, first.headers["Location"]) == (second.json, second.headers["Location"])
    assert len(session.scalars(select(Subscriber)).all()) == 1


def test_one_key_for_two_acts_is_refused(partner: AgencyLine, made: dict[str, Any]) -> None:
    assert partner.post(f"{here(made)[7:]}/secrets", {}, "the same call").status_code == 201
    again = partner.post(f"{here(made)[7:]}/pings", {}, "the same call")
    assert (again.status_code, said(again)["code"]) == (422, "idempotency_key_reused")


def test_a_subscription_has_a_breaker_and_a_rate_of_its_own(made: dict[str, Any], session: UnitOfWork) -> None:
    link = session.get_one(Link, f"webhook:{made['id']}")
    assert link.enabled
    assert link.rate_per_minute


def test_the_audit_names_the_partner_and_not_the_address(
    partner: AgencyLine, made: dict[str, Any], session: UnitOfWork
) -> None:
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "subscription.made")).one()
    assert event.actor.startswith("partner:")
    assert "partner.example" not in str(event.detail)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://partner.example/"}, "url"),
        ({"url": "https://me:word@partner.example/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": 3}, "url"),
        ({"events": ["errand.forgotten"]}, "events.0"),
        ({"events": "errand.done"}, "events"),
        ({"events": list(EVENTS) * 2}, "events"),
        ({"secret": "whsec_AAAA"}, "secret"),
    ],
)
def test_bad_input_is_answered_with_the_field(partner: AgencyLine, wrong: dict[str, Any], field: str) -> None:
    answer = partner.post("/subscriptions", {"url": URL} | wrong)
    assert (answer.status_code, list(faults(answer))) == (422, [field])


def test_a_call_without_a_name_of_its_own_is_refused(partner: AgencyLine) -> None:
    answer = partner.client.post("/api/v1/subscriptions", json={"url": URL}, headers=partner.auth)
    assert (answer.status_code, said(answer)["code"]) == (400, "idempotency_key_missing")


def test_there_is_an_end_to_how_many_a_partner_has(partner: AgencyLine) -> None:
    for _ in range(MOST_SUBSCRIPTIONS):
        last = partner.post("/subscriptions", {"url": URL})
        assert last.status_code == 201
    assert partner.post("/subscriptions", {"url": URL}).status_code == 409
    partner.client.delete(here(said(last)), headers=partner.auth)
    assert partner.post("/subscriptions", {"url": URL}).status_code == 201


# -- changed


def test_what_is_named_changes_and_the_rest_stays(partner: AgencyLine, made: dict[str, Any]) -> None:
    answer = patch(partner, here(made), {"events": ["errand.failed"]}, tag_of(partner, made))
    assert (answer.status_code, said(answer)["events"], said(answer)["active"]) == (200, ["errand.failed"], True)
    assert answer.headers["ETag"] == tag_of(partner, made)
    off = said(patch(partner, here(made), {"active": False}, answer.headers["ETag"]))
    assert (off["events"], off["active"]) == (["errand.failed"], False)


def test_who_has_not_seen_the_last_change_changes_nothing(partner: AgencyLine, made: dict[str, Any]) -> None:
    seen = tag_of(partner, made)
    patch(partner, here(made), {"active": False}, seen)
    stale = patch(partner, here(made), {"active": True}, seen)
    assert (stale.status_code, said(stale)["code"]) == (412, "changed_meanwhile")
    assert not said(partner.get(here(made)))["active"]
    blind = patch(partner, here(made), {"active": True}, None)
    assert (blind.status_code, said(blind)["code"]) == (428, "if_match_missing")


# -- secrets


def test_a_second_secret_lives_beside_the_first_for_the_stated_time(partner: AgencyLine, made: dict[str, Any]) -> None:
    answer = partner.post(f"{here(made)[7:]}/secrets", {"overlap_hours": 48})
    assert (answer.status_code, said(answer)["former_secret_until"]) == (201, "2026-12-02T09:00:00+07:00")
    assert said(answer)["secret"] != made["secret"]


def test_a_repeated_rotation_is_one(partner: AgencyLine, made: dict[str, Any]) -> None:
    first, second = (partner.post(f"{here(made)[7:]}/secrets", {}, "the same call") for _ in range(2))
    assert first.json == second.json


def test_a_third_secret_waits_unless_one_has_leaked(partner: AgencyLine, made: dict[str, Any]) -> None:
    path = f"{here(made)[7:]}/secrets"
    partner.post(path, {})
    third = partner.post(path, {})
    assert (third.status_code, said(third)["code"]) == (409, "secret_rotating")
    leaked = partner.post(path, {"overlap_hours": 0})
    assert (leaked.status_code, said(leaked)["former_secret_until"]) == (201, None)


@pytest.mark.parametrize("hours", [-1, 169, "24", 1.5])
def test_an_overlap_is_a_week_at_most(partner: AgencyLine, made: dict[str, Any], hours: object) -> None:
    answer = partner.post(f"{here(made)[7:]}/secrets", {"overlap_hours": hours})
    assert (answer.status_code, list(faults(answer))) == (422, ["overlap_hours"])


# -- ended, and others'


def test_an_ended_subscription_is_not_there_any_more(
    partner: AgencyLine, made: dict[str, Any], session: UnitOfWork
) -> None:
    assert partner.client.delete(here(made), headers=partner.auth).status_code == 204
    assert partner.client.delete(here(made), headers=partner.auth).status_code == 404
    assert partner.get(here(made)).status_code == 404
    assert said(partner.get("/subscriptions"))["subscriptions"] == []
    assert session.get_one(Subscriber, made["id"]).ended_at is not None


def test_another_partners_subscription_does_not_exist_for_you(
    other: AgencyLine, made: dict[str, Any], session: UnitOfWork
) -> None:
    path = here(made)
    answers = [
        other.get(path),
        other.get(f"{path}/deliveries"),
        patch(other, path, {"active": False}, "*"),
        other.client.delete(path, headers=other.auth),
        other.post(f"{path[7:]}/secrets", {}),
        other.post(f"{path[7:]}/pings", {}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert said(other.get("/subscriptions"))["subscriptions"] == []
    assert session.get_one(Subscriber, made["id"]).active


def test_an_agencys_key_may_subscribe_too(agency: AgencyLine) -> None:
    assert agency.post("/subscriptions", {"url": URL}).status_code == 201


def test_without_a_key_nothing_is_told(partner: AgencyLine, made: dict[str, Any]) -> None:
    assert partner.client.get(here(made)).status_code == 401


def test_in_production_an_address_inside_the_house_is_refused(session: UnitOfWork, settings: Settings) -> None:
    make_partner(session, OTHER_KEY)
    production = replace(settings, environment="production", secure_cookies=True)
    app = create_app(production, database=OuterTransaction(session), clock=Clock(fixed=NOW))
    line = AgencyLine(app.test_client(), OTHER_KEY)
    for url in ("http://127.0.0.1/hook", "https://169.254.169.254/", "https://db.internal/"):
        assert faults(line.post("/subscriptions", {"url": url})).keys() == {"url"}
    assert line.post("/subscriptions", {"url": URL}).status_code == 201

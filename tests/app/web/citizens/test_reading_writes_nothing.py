"""Whoever only looks changes nothing: a preview of a link in a chat, a search engine, a page opened again at the bus stop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import event

from app.models import Errand
from app.unit_of_work import UnitOfWork
from app.web.limits import limiter
from app.web.session import context, init_context
from tests.app.services.desks.test_bank import make_charged
from tests.app.web.coordinators.test_bank import LINKS

WRITES: Final = re.compile(
    r"\s*(?:with\b.*?\)\s*)?(insert\s+into|update|delete\s+from|truncate)\s+\"?(\w+)", re.IGNORECASE | re.DOTALL
)
NAMED: Final = {"audit_event", "slot"}
"""What a look may write: that somebody looked; the empty half days of an office, which nobody has booked."""
LEAST: Final = 14  # pages that are reached without signing in


@contextmanager
def written_tables(session: UnitOfWork) -> Iterator[list[str]]:
    found: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        write = WRITES.match(statement)
        if write is not None and write[2] not in NAMED:
            found.append(f"{write[1]} {write[2]}")

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def addresses(app: Flask, errand: Errand) -> dict[str, str]:
    """Every page of the citizens' that a link of this request, or none, opens."""
    given: dict[str, Any] = {
        "token": errand.request.tracking_token,
        "errand_id": errand.id,
        "dossier_id": errand.dossiers[0].id,
    }
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("citizens.") and "GET" in (rule.methods or ()) and rule.arguments <= set(given)
    ]
    with app.test_request_context():
        return {
            rule.endpoint: url_for(rule.endpoint, **{name: given[name] for name in rule.arguments}) for rule in rules
        }


def test_no_page_of_the_citizens_writes_when_it_is_read(
    flask_app: Flask,
    client: FlaskClient,
    session: UnitOfWork,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = tmp_path_factory.mktemp("bank") / "links.toml"
    links.write_text(LINKS)
    with flask_app.app_context():
        here = context()
    init_context(flask_app, replace(here, settings=replace(here.settings, links=links)))
    monkeypatch.setattr(limiter, "enabled", False)
    errand = make_charged(session)
    page = client.get(f"/theo-doi/{errand.request.tracking_token}").text  # whatever a first visit begins, it has begun
    assert "/chuyen-khoan" in page
    wrote: dict[str, list[str]] = {}
    shown = 0
    for name, address in addresses(flask_app, errand).items():
        with written_tables(session) as found:
            shown += client.get(address).status_code == 200
        if found:
            wrote[name] = found
    assert wrote == {}
    assert shown >= LEAST


def test_a_write_would_be_heard(session: UnitOfWork) -> None:
    with written_tables(session) as found:
        make_charged(session)
    assert "INSERT INTO charge" in found

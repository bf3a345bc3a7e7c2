"""Each page that the product shows, and each form that comes back with faults, is clean for axe and fits."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.clock import at
from app.models import Device
from app.unit_of_work import UnitOfWork
from app.web.limits import limiter
from tests.app.web.citizens import walk
from tests.app.web.conftest import Tab, lent, one_app
from tests.app.web.matrix import Asked, questions
from tests.app.web.test_matrix import has_a_right, of_the_office
from tests.app.web.whole_office import make_whole_office
from tests.browser.every_page import Answer, Shown, Window
from tests.factories import DAY, World

__all__ = ["one_app"]  # fixtures

TODAY = DAY + timedelta(days=3)
KEPT = os.environ.get("TANNHA_PICTURES")
LEAST = 132 if KEPT else 40
STEPS = (
    "thu-tuc?n=0",
    "truong-hop?n=0",
    "ho-so",
    "xa-phuong",
    "dia-chi",
    "nguoi-gui",
    "lien-lac",
    "gio-hen",
    "xac-nhan",
)


@pytest.fixture
def pages(one_app: Flask, session: UnitOfWork) -> Iterator[list[Shown]]:
    with lent(one_app, session, at(TODAY, time(8, 30))) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        limiter.enabled = False
        yield list(_pages(app, session))
        limiter.enabled = True


def _pages(app: Flask, session: UnitOfWork) -> Iterator[Shown]:
    with app.app_context():
        office = make_whole_office(session, app)
    session.execute(update(Device).values(access_until=at(TODAY, time(20))))
    session.expire_all()
    yield from _booking(app, office.world)
    yield from _landline(app, office.world)
    callers = [one for one in of_the_office(app, session, office) if not one.token and (KEPT or one.role is None)]
    for question, access in questions(app, office, office.tokens):
        if question.rule.startswith(("/api/", "/static/")):
            continue
        for caller in (one for one in callers if has_a_right(one, access)):
            with session.begin_nested() as undone:
                plain = Asked(question.rule, question.method, question.path, question.owned)
                asked = plain if question.method == "POST" else question
                answer = asked.by(caller)
                undone.rollback()
            session.expire_all()
            if _is_page(answer):
                name = f"{caller.name.split()[0]} {question.method} {question.rule}"
                yield Shown(name, question.path, Answer.read(answer), caller.client)
                break


def _booking(app: Flask, world: World) -> Iterator[Shown]:
    """Each step of a booking by a newcomer, as it stands when the one before is done."""
    app.test_client_class = Tab
    client = app.test_client()
    walk.walk_to_slot(client, world)
    offered = re.search(r'name="slot" value="(\d+)"', client.get("/dat-lich/gio-hen").text)
    assert offered is not None
    client.post("/dat-lich/gio-hen", data={"slot": offered[1]})
    for step in STEPS:
        address = f"/dat-lich/{step}"
        answer = Answer.read(client.get(address))
        assert answer.status == 200, (step, answer.headers)
        yield Shown(f"public GET {address}", address, answer, client)
    done = client.get(walk.confirm(client).location or "")
    yield Shown("public GET booked", "/dat-lich/xong", Answer.read(done), client)


def _landline(app: Flask, world: World) -> Iterator[Shown]:
    """Whom no code reaches asks on the page that refused the number, and reads who calls."""
    app.test_client_class = Tab
    client = app.test_client()
    walk.walk_to_person(client, world)
    refused = client.post("/dat-lich/lien-lac", data={"channel": "voice", "phone": "0269 382 0000"})
    yield Shown("public POST landline", "/dat-lich/lien-lac", Answer.read(refused), client)
    client.post("/dat-lich/goi-lai", data={"phone": "02693820000"})
    promised = Answer.read(client.get("/dat-lich/se-goi-lai"))
    assert promised.status == 200, promised.headers
    yield Shown("public GET call promised", "/dat-lich/se-goi-lai", promised, client)


def _is_page(answer: TestResponse) -> bool:
    """A page, or a form that came back with its faults marked: a plain refusal looks the same everywhere."""
    if answer.mimetype != "text/html" or b"<h1" not in answer.data:
        return False
    return answer.status_code == 200 or b"error-summary" in answer.data


@pytest.mark.timeout(1_800 if KEPT else 300)
def test_every_page_is_clean_for_axe_and_fits_at_any_width_and_type(browser: Browser, pages: list[Shown]) -> None:
    """Citizens' pages. `make pages` looks at those of the staff, too, at a desk's width as well, and keeps a picture of each."""
    assert len(pages) >= LEAST
    window = Window(browser, Path(KEPT) if KEPT else None)
    found = [fault for shown in pages for fault in window.look(shown)]
    window.context.close()
    assert not found, "\n".join(found)

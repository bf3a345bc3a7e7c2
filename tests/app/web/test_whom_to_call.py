"""Nobody is sent to the telephone without a number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import app
from app.config import SettingsError, load_settings
from app.texts import SENTENCES
from app.unit_of_work import UnitOfWork
from app.web.whom_to_call import call_at, says_to_call, with_number
from tests.factories import make_office

CALLS = [code for code, sentence in SENTENCES.items() if says_to_call(sentence)]
ROOT = Path(app.__file__).parent
PAGES = sorted([
    *(ROOT / "templates/citizens").glob("*.html"),
    ROOT / "templates/citizen.html",
    ROOT / "templates/errors/error.html",
    *(ROOT / "web/citizens").glob("*.py"),
])  # fmt: skip
SAID = re.compile(r'"([^"\n]*)"')


def test_the_sentences_are_found_at_all() -> None:
    assert {"changes_closed", "no_tariff", "no_office", "no_desk", "server_failed"} <= {*CALLS}


@pytest.mark.parametrize("code", CALLS)
def test_a_refusal_that_says_to_call_says_the_number(flask_app: Flask, code: str) -> None:
    with flask_app.test_request_context("/"):
        assert "19000000" in with_number(code, SENTENCES[code])


def test_a_refusal_that_says_nothing_of_calling_stays_as_it_is(flask_app: Flask) -> None:
    with flask_app.test_request_context("/"):
        assert with_number("slot_unknown", SENTENCES["slot_unknown"]) == SENTENCES["slot_unknown"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_that_says_to_call_says_the_number(page: Path) -> None:
    silent = [
        sentence
        for sentence in SAID.findall(page.read_text(encoding="utf-8"))
        if says_to_call(sentence) and "%(phone)s" not in sentence
    ]
    assert not silent


def test_the_foot_of_every_page_and_every_refusal_names_the_help_line(client: FlaskClient) -> None:
    for address in ("/", "/dat-lich", "/khong-co-trang-nay", "/theo-doi/khong-co"):
        assert 'href="tel:19000000"' in client.get(address).text


def test_whom_to_ask_is_the_office_else_the_help_line(flask_app: Flask, session: UnitOfWork) -> None:
    office = make_office(session)
    with flask_app.test_request_context("/"):
        office.phone = "02693000000"
        assert call_at(office) == f"gọi {office.name}, số 02693000000"
        office.phone = None
        assert call_at(office) == "gọi tổng đài 19000000"


@pytest.mark.parametrize(("given", "dialled"), [("1900 54 54 81", "1900545481"), ("(0269) 3.123.456", "02693123456")])
def test_the_help_line_is_read_as_people_write_it(given: str, dialled: str) -> None:
    assert load_settings({"TANNHA_HELP_LINE": given}).help_line == dialled


@pytest.mark.parametrize("given", ["hotline", "115", "0"])
def test_what_nobody_can_dial_is_refused_as_help_line(given: str) -> None:
    with pytest.raises(SettingsError, match="TANNHA_HELP_LINE"):
        load_settings({"TANNHA_HELP_LINE": given})

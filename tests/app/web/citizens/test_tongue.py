"""Jrai and Bahnar wait for native translators: the switch leads to a page that says so; recorded sound where there is some."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.models import Interpreter
from app.texts import CATALOGUES, LANGUAGES, say
from app.texts.tongues import AWAITED
from app.web.session import WebContext, init_context
from tests.app.web.citizens.walk import book
from tests.factories import NOW, World

SOUND = b"ID3 not really music"
PAGES = {"home": "/", "papers": "/thu-tuc/", "booking": "/dat-lich", "privacy": "/du-lieu-ca-nhan"}

Record = Callable[..., Path]


@pytest.fixture
def record(flask_app: Flask, tmp_path: Path) -> Record:
    """Put recordings into the operator's folder."""
    folder = tmp_path / "sound"
    folder.mkdir()
    here: WebContext = flask_app.extensions["tannha"]
    init_context(flask_app, replace(here, settings=replace(here.settings, sound=folder)))

    def record(*names: str) -> Path:
        for name in names:
            (folder / name).write_bytes(SOUND)
        return folder

    return record


def interpreter(session: Session, code: str, tongue: str, units: list[str], **given: object) -> None:
    told = {"name": "Phiên Dịch Thử", "phone": "0900000171", **given}
    session.add(Interpreter(code=code, tongues=[tongue], units=units, **told))
    session.flush()


def test_the_switch_of_citizens_leads_to_a_page_that_says_that_nobody_has_translated(client: FlaskClient) -> None:
    assert re.findall(r'<a href="(/tieng/\w+)" hreflang="vi">(\w+)</a>', client.get("/").text) == [
        ("/tieng/jra", "Jrai"),
        ("/tieng/bdq", "Bahnar"),
    ]
    for code, name in (("jra", "Tiếng Jrai"), ("bdq", "Tiếng Ba Na")):
        page = unescape(client.get(f"/tieng/{code}").text)
        assert f"<h1>{name}</h1>" in page
        assert "Chưa có người dịch bản xứ" in page
        assert 'href="tel:19000000"' in page
        assert '<html lang="vi">' in page
    assert '<html lang="vi">' in client.get("/").text  # nothing of it is remembered as a choice


def test_the_switch_of_staff_offers_no_language_that_is_not_there(client: FlaskClient) -> None:
    assert "/tieng/" not in client.get("/dang-nhap").text.partition("<main")[0]


@pytest.mark.parametrize("code", ["vi", "other", "fr", "jra.html"])
def test_there_is_no_page_of_another_language(client: FlaskClient, code: str) -> None:
    assert client.get(f"/tieng/{code}").status_code == 404


@pytest.mark.parametrize("code", AWAITED)
def test_a_waiting_catalogue_is_there_and_falls_back_to_vietnamese(code: str) -> None:
    assert code not in LANGUAGES
    assert (CATALOGUES / code / "LC_MESSAGES" / "messages.po").is_file()
    assert say("Về trang đầu", code) == "Về trang đầu"


def test_without_an_interpreter_the_page_says_so(client: FlaskClient, session: Session) -> None:
    interpreter(session, "PD-1", "bdq", [])
    interpreter(session, "PD-2", "jra", [], closed_at=NOW)
    page = unescape(client.get("/tieng/jra").text)
    assert "Hiện chưa có người phiên dịch nào nhận lời giúp." in page


def test_interpreters_are_counted_with_where_they_help_and_never_named(
    client: FlaskClient, session: Session, world: World
) -> None:
    interpreter(session, "PD-1", "jra", [world.unit.code])
    page = unescape(client.get("/tieng/jra").text)
    assert f"Có 1 người phiên dịch đã nhận lời giúp qua điện thoại. Nơi giúp: {world.unit.name}." in page
    assert "xin chọn “Tiếng Jrai”" in page
    interpreter(session, "PD-2", "jra", [])
    page = unescape(client.get("/tieng/jra").text)
    assert "Có 2 người phiên dịch đã nhận lời giúp qua điện thoại. Nơi giúp: cả tỉnh." in page
    assert "Phiên Dịch Thử" not in page
    assert "0900000171" not in page


@pytest.mark.parametrize(("page", "address"), PAGES.items())
def test_a_page_offers_what_is_recorded_of_it_and_nothing_else(
    client: FlaskClient, record: Record, page: str, address: str
) -> None:
    assert "<audio" not in client.get(address).text
    record(f"jra-{page}.ogg", f"jra-{page}.mp3", f"bdq-{page}.m4a", "notes.txt")
    shown = client.get(address)
    assert shown.text.count('<audio controls preload="none" aria-labelledby="nghe-') == 2
    assert re.findall(r'<source src="([^"]+)" type="([^"]+)">', shown.text) == [
        (f"/am-thanh/jra-{page}.mp3", "audio/mpeg"),
        (f"/am-thanh/jra-{page}.ogg", "audio/ogg"),
        (f"/am-thanh/bdq-{page}.m4a", "audio/mp4"),
    ]
    assert f'<p id="nghe-jra-{page}">Nghe đọc trang này: Tiếng Jrai</p>' in shown.text
    assert "media-src 'self';" in shown.headers["Content-Security-Policy"]
    others = {other for name, other in PAGES.items() if name != page}
    assert all("<audio" not in client.get(other).text for other in others)
    assert f"/am-thanh/jra-{page}.mp3" in client.get("/tieng/jra").text
    assert "/am-thanh/bdq" not in client.get("/tieng/jra").text


def test_the_tracking_page_offers_its_recording(client: FlaskClient, world: World, record: Record) -> None:
    record("vi-tracking.mp3")
    link = next(part for part in client.get(book(client, world).location).text.split('"') if "/theo-doi/" in part)
    page = client.get(urlsplit(link).path).text
    assert '<source src="/am-thanh/vi-tracking.mp3" type="audio/mpeg">' in page
    assert "Nghe đọc trang này: Tiếng Kinh" in page


def test_a_recording_comes_from_our_own_host_whole_or_in_pieces_and_may_be_kept(
    client: FlaskClient, record: Record
) -> None:
    record("jra-home.mp3")
    with client.get("/am-thanh/jra-home.mp3") as whole:
        assert (whole.data, whole.mimetype) == (SOUND, "audio/mpeg")
        assert "max-age=3600" in whole.headers["Cache-Control"]
        assert "public" in whole.headers["Cache-Control"]
        assert "Set-Cookie" not in whole.headers
    with client.get("/am-thanh/jra-home.mp3", headers={"Range": "bytes=0-2"}) as piece:
        assert (piece.status_code, piece.data) == (206, SOUND[:3])
    with client.get("/am-thanh/jra-home.mp3", headers={"If-None-Match": whole.headers["ETag"]}) as again:
        assert again.status_code == 304


@pytest.mark.parametrize(
    "name",
    ["secret.mp3", "jra-other.mp3", "fr-home.mp3", "..%2Fsecret.mp3", "%2E%2E/secret.mp3", "jra-home.mp3%00", "jra-home.wav", ""],
)  # fmt: skip
def test_no_other_file_is_given_out(client: FlaskClient, record: Record, name: str) -> None:
    folder = record("secret.mp3", "jra-other.mp3", "fr-home.mp3", "jra-home.wav")
    (folder.parent / "secret.mp3").write_bytes(SOUND)
    answer = client.get(f"/am-thanh/{name}")
    assert answer.status_code in {400, 404}
    assert SOUND not in answer.data


def test_what_was_never_recorded_or_is_empty_is_not_found(client: FlaskClient, record: Record) -> None:
    (record() / "bdq-home.mp3").write_bytes(b"")
    assert client.get("/am-thanh/bdq-home.mp3").status_code == 404
    assert client.get("/am-thanh/jra-home.mp3").status_code == 404
    assert "<audio" not in client.get("/").text


def test_without_a_folder_nothing_is_offered(client: FlaskClient) -> None:
    assert client.get("/am-thanh/jra-home.mp3").status_code == 404

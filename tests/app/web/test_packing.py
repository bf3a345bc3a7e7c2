"""Pages and files are sent packed, and what is secret in a page is never twice the same."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import brotli
import pytest
from flask.testing import FlaskClient
from werkzeug import Response

from app.web.assets import STATIC, make_asset
from app.web.csrf import unmasked

SPOILT: list[Callable[[str], str]] = [
    lambda token: token[:-8],
    lambda token: "A" * len(token),
    lambda token: "ế" + token,
]
PACKED = {"Accept-Encoding": "gzip, deflate, br"}
COLD_FIRST_PAGE = 45_000  # bytes, without a map: about ten seconds on a line of 2G


def got(client: FlaskClient, address: str, **headers: str) -> Response:
    """Read to its end, so that the server lets go of the file."""
    with client.get(address, headers=PACKED | headers) as answer:
        answer.get_data()
        return answer


TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def test_a_page_is_sent_in_the_best_way_that_the_client_takes(client: FlaskClient) -> None:
    plain = client.get("/thu-tuc/")
    best = client.get("/thu-tuc/", headers=PACKED)
    older = client.get("/thu-tuc/", headers={"Accept-Encoding": "gzip"})
    assert [answer.content_encoding for answer in (plain, best, older)] == [None, "br", "gzip"]
    assert brotli.decompress(best.data).startswith(b"<!doctype html>")
    assert gzip.decompress(older.data).startswith(b"<!doctype html>")
    assert best.content_length == len(best.data) < len(plain.data) / 2


def test_who_keeps_answers_knows_that_they_differ(client: FlaskClient) -> None:
    for headers in ({}, PACKED):
        assert "accept-encoding" in client.get("/", headers=headers).vary


def test_a_form_with_faults_is_packed_as_well(client: FlaskClient) -> None:
    answer = client.post("/xac-nhan-so", data={"phone": ""}, headers=PACKED)
    assert answer.status_code >= 400
    assert answer.content_encoding == "br"


def test_a_piece_of_a_file_is_sent_as_it_is(client: FlaskClient) -> None:
    style = make_asset()("styles/citizen.css")
    piece = got(client, style, Range="bytes=0-999")
    assert (piece.status_code, piece.headers.get("Content-Encoding", ""), len(piece.data)) == (206, "", 1000)


def test_a_kept_file_is_not_sent_again(client: FlaskClient) -> None:
    style = make_asset()("styles/citizen.css")
    first = got(client, style)
    assert brotli.decompress(first.data) == (STATIC / style.removeprefix("/static/")).read_bytes()
    again = got(client, style, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("address", ["/static/icons/app-180.png", "/healthz"])
def test_what_packing_does_not_help_stays_as_it_is(client: FlaskClient, address: str) -> None:
    assert got(client, address).content_encoding is None


def test_the_token_of_a_form_is_other_letters_in_every_answer(csrf_client: FlaskClient) -> None:
    """Else its letters could be guessed one by one from the lengths of packed pages (BREACH)."""
    shown = [TOKEN.findall(csrf_client.get("/xac-nhan-so").text)[0] for _ in range(2)]
    first, second = (unmasked(one) or "" for one in shown)
    assert first.split(".")[0] == second.split(".")[0]  # the same secret
    alike = [a == b for a, b in zip(*shown, strict=True)]
    assert sum(alike) < len(alike) / 4


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_spoilt_token_is_refused(csrf_client: FlaskClient, spoil: Callable[[str], str]) -> None:
    token = TOKEN.findall(csrf_client.get("/xac-nhan-so").text)[0]
    assert csrf_client.post("/xac-nhan-so", data={"csrf_token": spoil(token)}).status_code == 400


def test_masked_and_old_tokens_are_taken(csrf_client: FlaskClient) -> None:
    """A form that lay open while we were upgraded has its token without a mask."""
    token = TOKEN.findall(csrf_client.get("/xac-nhan-so").text)[0]
    for given in (token, unmasked(token)):
        assert csrf_client.post("/xac-nhan-so", data={"csrf_token": given}).status_code != 400


def test_the_first_page_of_a_new_phone_weighs_little(client: FlaskClient) -> None:
    page = client.get("/", headers=PACKED)
    text = brotli.decompress(page.data).decode()
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text)) - {make_asset()("icons/app-180.png")}
    style = next(name for name in files if name.endswith(".css"))
    fonts = re.findall(r"url\(\.?/?([^)]+\.woff2)\)", (STATIC / style.removeprefix("/static/")).read_text())
    files |= {f"{style.rpartition('/')[0]}/{font}" for font in fonts}
    assert len(fonts) == 4
    weights = {name: len(got(client, name).data) for name in files}
    assert len(page.data) + sum(weights.values()) <= COLD_FIRST_PAGE, weights

"""The public notice is the table of personal data, in the citizen's language."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.personal_data import RULES
from app.texts import say
from app.texts.personal_data import BASES, PURPOSES, period
from app.web.session import WebContext, init_context


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_notice_names_every_rule_that_concerns_a_citizen(client: FlaskClient, language: str) -> None:
    page = unescape(client.get(f"/du-lieu-ca-nhan?lang={language}").text)
    for rule in RULES.values():
        assert (say(PURPOSES[rule.key], language) in page) == rule.public
        if rule.public:
            assert say(BASES[rule.basis], language) in page


def test_periods_are_said_as_people_count() -> None:
    said = {key: say(period(rule)[0], "en", **period(rule)[1]) for key, rule in RULES.items()}
    assert (said["person"], said["message"], said["audit"]) == ("24 months", "90 days", "5 years")
    assert said["chain"] == "without limit"


def test_a_province_that_keeps_less_says_so(client: FlaskClient, flask_app: Flask) -> None:
    context: WebContext = flask_app.extensions["tannha"]
    init_context(flask_app, replace(context, settings=replace(context.settings, keep="message=61")))
    assert "61 ngày" in client.get("/du-lieu-ca-nhan").text


def test_the_page_says_who_answers_how_long_a_person_is_kept_and_how_to_take_ones_data(
    client: FlaskClient, flask_app: Flask
) -> None:
    page = unescape(client.get("/du-lieu-ca-nhan").text)
    assert "Bên kiểm soát dữ liệu là bưu điện tỉnh" in page
    assert "được giữ 24 tháng từ khi yêu cầu cuối cùng xong" in page
    assert 'href="/yeu-cau"' in page
    context: WebContext = flask_app.extensions["tannha"]
    told: dict[str, Any] = {"controller": "Bưu điện Thử, 1 Đường Thử", "controller_contact": "dulieu@thu.example"}
    init_context(flask_app, replace(context, settings=replace(context.settings, **told, keep="person=365")))
    page = unescape(client.get("/du-lieu-ca-nhan").text)
    for said in (*told.values(), "được giữ 12 tháng"):
        assert said in page

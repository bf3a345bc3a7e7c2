"""Vietnamese first, English second: from `?lang=`, the session, then the browser. Times as people here write them."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from flask import Flask, has_request_context, request
from flask import session as cookie
from flask_babel import Babel, format_date
from flask_babel import gettext as _translated

from app import texts
from app.clock import LOCAL, local_day
from app.texts import LANGUAGES


def gettext(sentence: str, /, **params: object) -> str:
    """The sentence in the reader's language: `from app.web.i18n import gettext as _` (flask_babel ships no types)."""
    return str(_translated(sentence, **params))


NAMES = {"vi": "Tiếng Việt", "en": "English"}


def choose_language() -> str:
    if not has_request_context():
        return "vi"
    kept = cookie.get("lang")
    if kept in LANGUAGES:
        return str(kept)
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())  # `vi-VN` asks for `vi`
    return next((code for code in wanted if code in LANGUAGES), "vi")


def _keep_language() -> None:
    wanted = request.args.get("lang")
    if wanted in LANGUAGES:
        cookie["lang"] = wanted


def language_links(current: str) -> list[dict[str, str]]:
    """The same page in each language; after a POST the address alone can't show it again, so the home of it."""
    query = {key: value for key, value in request.args.items() if key != "lang"}
    return [
        {"code": code, "label": NAMES[code], "href": _with_language(query, code), "current": str(code == current)}
        for code in LANGUAGES
    ]


def _with_language(query: dict[str, str], code: str) -> str:
    return "?" + urlencode({**query, "lang": code})


def number(value: float, *, decimals: int = 0) -> str:
    return texts.number(value, choose_language(), decimals=decimals)


def dong(amount: int) -> str:
    return texts.dong(amount, choose_language())


def kilometres(metres: float) -> str:
    return texts.kilometres(metres, choose_language())


def local_time(moment: datetime) -> str:
    """07:30"""
    return moment.astimezone(LOCAL).strftime("%H:%M")


def local_date(moment: datetime | date) -> str:
    """Thứ Ba, 1/12/2026 · Tuesday, 1/12/2026"""
    day = local_day(moment) if isinstance(moment, datetime) else moment
    return f"{format_date(day, 'EEEE', rebase=False)}, {day.day}/{day.month}/{day.year}"


def short_date(moment: datetime | date) -> str:
    """1/12"""
    day = local_day(moment) if isinstance(moment, datetime) else moment
    return f"{day.day}/{day.month}"


def local_moment(moment: datetime) -> str:
    """07:30, 1/12/2026"""
    day = local_day(moment)
    return f"{local_time(moment)}, {day.day}/{day.month}/{day.year}"


def init_i18n(app: Flask) -> None:
    Babel(
        app,
        default_locale="vi",
        default_timezone="Asia/Ho_Chi_Minh",
        locale_selector=choose_language,
        default_translation_directories="translations",
    )
    app.before_request(_keep_language)
    app.jinja_env.filters.update(
        dong=dong,
        kilometres=kilometres,
        local_time=local_time,
        local_date=local_date,
        short_date=short_date,
        local_moment=local_moment,
    )

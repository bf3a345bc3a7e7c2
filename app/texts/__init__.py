"""Sentences in the reader's language: the same catalogues as the web, by the standard library (docs/decisions/errors-and-sentences.md).

The msgid is the Vietnamese sentence; English is a translation. SMS, PDF, worker and error pages all speak through here.
"""

from __future__ import annotations

import gettext
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from app.clock import LOCAL
from app.domain.closing import StillOpen
from app.domain.errors import DomainError
from app.texts import (
    access,
    agency,
    bags,
    bank,
    booking,
    callbacks,
    cash,
    closing,
    custody,
    demo,
    files,
    one_stop,
    online_help,
    personal_data,
    phones,
    planning,
    rules,
    sync,
    told_tables,
    transfers,
    voice,
    web,
    webhooks,
)
from app.texts.names import NAMES

CATALOGUES = Path(__file__).parent.parent / "translations"
LANGUAGES = ("vi", "en")

SENTENCES: dict[str, str] = {
    **rules.SENTENCES,
    **booking.SENTENCES,
    **custody.SENTENCES,
    **bags.SENTENCES,
    **bank.SENTENCES,
    **callbacks.SENTENCES,
    **cash.SENTENCES,
    **closing.SENTENCES,
    **planning.SENTENCES,
    **access.SENTENCES,
    **web.SENTENCES,
    **demo.SENTENCES,
    **files.SENTENCES,
    **personal_data.SENTENCES,
    **one_stop.SENTENCES,
    **online_help.SENTENCES,
    **phones.SENTENCES,
    **sync.SENTENCES,
    **told_tables.SENTENCES,
    **transfers.SENTENCES,
    **voice.SENTENCES,
    **agency.SENTENCES,
    **webhooks.SENTENCES,
}


@lru_cache(maxsize=8)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", CATALOGUES, [language], fallback=True)


def say(sentence: str, language: str = "vi", /, **params: object) -> str:
    """Translate a msgid and fill in `%(name)s` places."""
    text = _catalogue(language).gettext(sentence)
    return text % {key: spoken(value, language) for key, value in params.items()} if params else text


def spoken(value: object, language: str = "vi") -> object:
    """Days and moments as people here write them, states and holders by their names."""
    if type(value) in NAMES:
        return _catalogue(language).gettext(NAMES[type(value)][value])
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).strftime("%H:%M %d/%m/%Y")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return value


def explain(error: DomainError, language: str = "vi") -> str:
    """The sentence for a rule that said no: what is wrong, and the way out."""
    params = {key: _named(key, value, language) for key, value in error.params.items()}
    return say(SENTENCES[error.code], language, **params)


def _named(key: str, value: object, language: str) -> object:
    """Kinds of evidence are rows' words, not an enum's: the sentence says them as the form does."""
    if key == "act":
        return say(planning.ACTS[str(value)], language)
    if key == "at" and isinstance(value, datetime):
        return f"{value.astimezone(LOCAL):%H:%M, %d/%m}"
    if key == "left" and isinstance(value, list):
        return "; ".join(left_open(one, language) for one in value)
    return say(custody.EVIDENCE[value], language) if key == "needed" and value in custody.EVIDENCE else value


def left_open(one: StillOpen, language: str = "vi") -> str:
    """`3 phong bì đang nằm ở đây`."""
    return say(closing.LEFT[one.what], language, count=number(one.count, language), amount=dong(one.count, language))


def number(value: float, language: str = "vi", *, decimals: int = 0) -> str:
    """1482 → `1.482`; `1,482` in English, where a point would make it one and a half."""
    written = f"{value:,.{decimals}f}"
    return written if language == "en" else written.translate(str.maketrans(",.", ".,"))


def dong(amount: int, language: str = "vi") -> str:
    """26000 → `26.000 đ`."""
    return f"{number(amount, language)} đ"


def kilometres(metres: float, language: str = "vi") -> str:
    """5281700 → `5.281,7 km`; a few metres less are none, never `-0,0 km`."""
    return f"{number(round(metres / 100) / 10, language, decimals=1)} km"

"""Whom a citizen calls: the office that serves the door, else the help line of the whole service. A sentence that sends
somebody to the telephone says the number.
"""

from __future__ import annotations

import re
from typing import Final

from app.domain.errors import DomainError
from app.domain.wording import folded
from app.models import Office
from app.texts import SENTENCES, explain
from app.web.i18n import gettext as _
from app.web.session import language, settings

_CALLS: Final = re.compile(r"\bgoi (?:buu cuc|buu dien|tong dai|trung tam)")  # without accents


def says_to_call(sentence: str) -> bool:
    return _CALLS.search(folded(sentence)) is not None


def help_line() -> str:
    return settings().help_line or ""


def phone_of(office: Office | None) -> str:
    """As it is dialled; empty where nobody told us any number."""
    return (office.phone if office is not None and office.closed_at is None else None) or help_line()


def call_at(office: Office) -> str:
    """For the middle of a sentence: "xin %(ask)s"."""
    if office.phone and office.closed_at is None:
        return _("gọi %(office)s, số %(phone)s", office=office.name, phone=office.phone)
    if help_line():
        return _("gọi tổng đài %(phone)s", phone=help_line())
    if office.closed_at is not None:
        return _("đến bưu cục gần nhất")
    if office.address:
        return _("đến %(office)s, %(address)s", office=office.name, address=office.address)
    return _("đến %(office)s", office=office.name)


def with_number(code: str, sentence: str) -> str:
    """Of a refusal or fault by its code: where its sentence says to call, the number behind it."""
    if not help_line() or not says_to_call(SENTENCES[code]):
        return sentence
    number = _("Số gọi: %(phone)s.", phone=help_line())
    return f"{sentence} {number}"


def told(error: DomainError) -> str:
    """The sentence for a rule that said no, as a page says it."""
    return with_number(error.code, explain(error, language()))

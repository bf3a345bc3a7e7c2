"""A procedure on one A5 sheet: how to file online, what the post can carry, what the counter helps with, and a QR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.domain.checklist import BY_POST
from app.domain.preparing import prepared
from app.models import Procedure, RequiredPaper
from app.queries.reference.procedures import by_code
from app.services.documents.qr import qr_svg
from app.services.documents.typeset import typeset
from app.texts import dong, say
from app.texts.documents import BRAND, LEAFLET
from app.texts.papers import counted, remarks

ONLINE_ONLY = "online_only"


def render(session: Session, procedure_code: str, base_url: str, day: date, language: str = "vi") -> bytes:
    """A PDF of the current version of a procedure. Raises `not_found`."""
    procedure = by_code(session, procedure_code)
    words = {key: say(sentence, language) for key, sentence in LEAFLET.items() if "%" not in sentence}
    return typeset(
        "leaflet",
        {
            "language": language,
            "words": words,
            "brand": say(BRAND, language),
            "name": procedure.name,
            "field": procedure.field,
            "code": procedure.code,
            "qr": qr_svg(f"{base_url}/thu-tuc/{procedure.code}", border=0),
            "ways": _ways(procedure, words, language),
            "groups": _groups(procedure.papers, language),
            "facts": _facts(procedure, words, language),
            "footer": words["sample"] if procedure.sample else "",
            "as_of": say(LEAFLET["as_of"], language, day=day),
        },
    )


def _ways(procedure: Procedure, words: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    online = (
        say(LEAFLET["online_yes"], language, code=procedure.code) if procedure.online_allowed else words["online_no"]
    )
    post = words["post_yes"] if procedure.carried else procedure.refusal or words["post_no"]
    if procedure.carried and procedure.originals_due:
        post = f"{post} {words['post_originals']}"
    if procedure.carried and procedure.presence_note:
        post = f"{post} {procedure.presence_note}"
    return [
        {"name": words["online"], "text": online, "good": procedure.online_allowed},
        {"name": words["post"], "text": post, "good": procedure.carried},
        {"name": words["counter"], "text": words["counter_yes"], "good": True},
    ]


def _groups(lines: Sequence[RequiredPaper], language: str) -> list[dict[str, Any]]:
    """What is always asked first, then by case; what only the online form needs is left to the online form."""
    groups: dict[str, list[dict[str, str]]] = {"": []}
    for line in lines:
        if ONLINE_ONLY in line.case_keys:
            continue
        label = line.case_label if set(line.case_keys) - {BY_POST} else ""
        groups.setdefault(label, []).append(paper_row(line, language))
    return [{"label": label, "papers": papers} for label, papers in groups.items() if papers]


def paper_row(line: RequiredPaper, language: str) -> dict[str, str]:
    """One line of the list: the paper, and how it travels."""
    ready = prepared(line)
    return {"name": line.name, "note": "; ".join([*counted(ready, language), *remarks(ready, language)])}


def _facts(procedure: Procedure, words: Mapping[str, str], language: str) -> list[list[str]]:
    fee = words["fee_unknown"] if procedure.state_fee is None else dong(procedure.state_fee, language)
    facts = [[words["fee"], words["free"] if procedure.state_fee == 0 else fee]]
    if procedure.time_value is not None:
        facts.insert(0, [words["time"], _span(procedure.time_value, procedure.time_unit, language)])
    return [*facts, [words["result"], "; ".join(procedure.results)]] if procedure.results else facts


def _span(value: int, unit: str | None, language: str) -> str:
    return f"{value} {say(unit, language)}" if unit else str(value)

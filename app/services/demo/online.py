"""Who hands a dossier in online, at the sandbox's one-stop: each wants an original, so that somebody must come for it."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from app.services.demo import people

AGENCY: Final = "Một cửa giả lập"
PHONES_FROM: Final = 99_000
SUBMITTED: Final = (
    ("1.001193", ("no_giay_chung_sinh",)),
    ("1.013831", ()),
    ("1.000656", ("died_long_ago_no_giay_bao_tu",)),
    ("1.001193", ("no_giay_chung_sinh",)),
    ("1.013831", ()),
)
"""Procedure and case."""


def wishes(unit_code: str) -> Iterator[dict[str, Any]]:
    """Five neighbours; no wish of their own: whether somebody must come is decided by what their procedure wants."""
    random = Random(unit_code)
    for number, (procedure, cases) in enumerate(SUBMITTED):
        kind, name = people.person(random, PHONES_FROM + number)
        yield {
            "procedure_code": procedure,
            "cases": list(cases),
            "applicant": {"kind": kind.value, "name": name, "phone": people.phone(PHONES_FROM + number)},
            "place": {"unit_code": unit_code, "address": f"Số {number + 1}, thôn Mẫu {number + 2}"},
            "wish": None,
        }

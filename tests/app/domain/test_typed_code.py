"""One list of cases for the office and the phone: who reads a code otherwise than the other has lost an envelope."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import DomainError
from app.domain.parcel import parse_seal, read_s10, split_codes

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[3] / "app/frontend/src/courier/engine/typed-codes.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES["s10"], ids=lambda case: ascii(case["given"]))
def test_a_code_is_read_as_the_phone_reads_it(case: dict[str, Any]) -> None:
    assert read_s10(case["given"]) == case["is"]


@pytest.mark.parametrize("case", CASES["seal"], ids=lambda case: ascii(case["given"]))
def test_a_seal_is_read_as_the_phone_reads_it(case: dict[str, Any]) -> None:
    try:
        read = parse_seal(case["given"])
    except DomainError:
        read = None
    assert read == case["is"]


@pytest.mark.parametrize("case", CASES["many"], ids=lambda case: ascii(case["given"]))
def test_many_codes_are_told_apart_as_the_page_tells_them(case: dict[str, Any]) -> None:
    assert split_codes(case["given"]) == case["is"]

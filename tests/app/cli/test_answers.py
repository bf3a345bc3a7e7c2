"""Commands that answer a question: one sentence for a person, JSON for a program."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.cli import main
from app.config import Settings


def asked(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == code
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_an_old_name_is_resolved_to_the_unit_of_today(capsys: pytest.CaptureFixture[str]) -> None:
    answer = asked(capsys, "resolve-address", "xã Ia Tô, huyện Ia Grai")

    assert answer["certain"] is True
    assert answer["candidates"][0]["unit"] == "Xã Ia Krái"


def test_an_address_that_a_person_must_decide_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, "resolve-address", "thành phố Hà Nội", code=1)["unit_code"] is None


def test_a_price_comes_in_parts_that_add_up(terminal: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    answer = asked(capsys, "quote", "--unit", "23776", "--procedure", "1.001193", "--kind", "send_and_receive")

    assert {part["direction"] for part in answer["parts"] if part["kind"] == "postage"} == {"send", "return"}
    assert answer["total"]["lower"] == sum(part["lower"] or 0 for part in answer["parts"])
    assert all(part["basis"] for part in answer["parts"])


def test_an_unknown_unit_is_a_sentence(terminal: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["quote", "--unit", "1", "--procedure", "1.001193"]) == 2
    assert capsys.readouterr().err.startswith("tannha: ")


def test_custody_of_the_demonstration_is_clean(terminal: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    answer = asked(capsys, "verify-custody")

    assert answer["clean"] is True
    assert answer["broken"] == []
    assert answer["events"] > 0

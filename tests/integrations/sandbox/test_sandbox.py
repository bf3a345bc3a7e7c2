"""The sandbox as a process, asked by the real clients: what it grants, what it refuses, and what goes wrong on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.config import Settings
from app.gateways import carrier, one_stop
from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from integrations.one_stop import (
    DossierRecord,
    DossierStateCode,
    HandlingStep,
    NationalExchange,
    Owner,
    ProcedureName,
    StateMeaning,
)
from integrations.postal import (
    Cancellation,
    Carrier,
    Meaning,
    Order,
    OrderNumber,
    OrderParty,
    PlaceCodes,
    TrackingEvent,
)
from integrations.sandbox.faults import KINDS
from tests.fakes.sandbox import Sandbox

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
CODE = "H21.65-261130-00077"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox"), now="2026-11-30T09:00+07:00")
    sandbox.start()
    yield sandbox
    sandbox.kill()


@pytest.fixture
def calm(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.post("faults", dict.fromkeys(KINDS, 0))
    yield sandbox
    sandbox.post("faults", dict.fromkeys(KINDS, 0))


def joined(sandbox: Sandbox, folder: Path, interface: str = "A") -> Settings:
    return Settings(environment="test", var=folder, links=sandbox.links(folder, interface))


def exchange_of(sandbox: Sandbox, folder: Path) -> NationalExchange:
    found = one_stop(joined(sandbox, folder))
    assert found is not None
    return found


def carrier_of(sandbox: Sandbox, folder: Path, interface: str = "A") -> Carrier:
    found = carrier(joined(sandbox, folder, interface), "vnpost")
    assert found is not None
    return found


def record(code: str, state: DossierStateCode = DossierStateCode.ACCEPTED) -> DossierRecord:
    return DossierRecord(
        code=code,
        procedure=ProcedureName(code="1.003560", name="Đăng ký khai sinh", field_code="", field_name="Hộ tịch"),
        owner=Owner(name="Nguyễn Văn Thử"),
        summary="Thử",
        received_at=NOW,
        due_at=None,
        state=state,
        unit="Bộ phận một cửa thử",
        returned_at=NOW if state is DossierStateCode.RESULT_RETURNED else None,
    )


def step(code: str, state: DossierStateCode) -> HandlingStep:
    return HandlingStep(code=code, handler="Bộ phận một cửa thử", at=NOW, what="Bước thử", state=state)


def order(serial: int, **given: Any) -> Order:
    party = OrderParty(
        name="Nguyễn Văn Thử", phone="0900000001", address="Thôn Thử", place=PlaceCodes("52", "", "23728")
    )
    number = OrderNumber.parse(f"H21.65-261130-{serial:05d}-TG01")
    return Order(
        number=number, customer_code="GLAI01", sender=party, receiver=party, contents="Hồ sơ", weight_g=80, **given
    )


# -- the exchange


def test_a_dossier_goes_from_acceptance_to_ten_and_never_back(calm: Sandbox, tmp_path: Path) -> None:
    exchange, code = exchange_of(calm, tmp_path), "H21.65-261130-00001"
    exchange.sync_dossier(record(code), updating=False)
    for state in (DossierStateCode.IN_PROCESS, DossierStateCode.FINISHED, DossierStateCode.RESULT_RETURNED):
        exchange.report_progress(step(code, state))
    found = exchange.find_dossier(code)
    assert found is not None
    assert isinstance(found.state, StateMeaning)
    assert found.state.code == "10"
    with pytest.raises(Rejected):
        exchange.report_progress(replace(step(code, DossierStateCode.IN_PROCESS), what="Lùi lại"))


def test_ten_before_nine_is_refused(calm: Sandbox, tmp_path: Path) -> None:
    exchange, code = exchange_of(calm, tmp_path), "H21.65-261130-00002"
    exchange.sync_dossier(record(code), updating=False)
    with pytest.raises(Rejected) as refused:
        exchange.report_progress(step(code, DossierStateCode.RESULT_RETURNED))
    assert refused.value.code == "9"


def test_the_same_dossier_twice_is_refused_and_the_same_step_twice_is_one(calm: Sandbox, tmp_path: Path) -> None:
    exchange, code = exchange_of(calm, tmp_path), "H21.65-261130-00003"
    exchange.sync_dossier(record(code), updating=False)
    with pytest.raises(Rejected):
        exchange.sync_dossier(record(code), updating=False)
    for _ in range(2):
        exchange.report_progress(step(code, DossierStateCode.IN_PROCESS))
    held = next(one for one in calm.get("dossiers") if one["code"] == code)
    assert held["steps"] == [[2, "tan-nha"], [4, "tan-nha"]]


def test_a_session_that_ended_is_renewed(calm: Sandbox, tmp_path: Path) -> None:
    exchange = exchange_of(calm, tmp_path)
    assert exchange.find_dossier("H21.65-261130-09999") is None
    calm.post("faults", {"expired": 1.0})
    with pytest.raises(IntegrationError):
        exchange.find_dossier("H21.65-261130-09999")
    calm.post("faults", {"expired": 0.0})
    assert exchange.find_dossier("H21.65-261130-09999") is None


def test_procedures_and_their_papers_are_published(calm: Sandbox, tmp_path: Path) -> None:
    exchange = exchange_of(calm, tmp_path)
    codes = [one.code for one in exchange.list_procedures()]
    found = exchange.find_procedure(codes[0])
    assert found is not None
    assert found.post_allowed
    assert [paper.originals for paper in found.papers[0]] == [1, 1]


# -- the carrier


@pytest.mark.parametrize("interface", ["A", "B-query", "B-header"])
def test_an_order_is_made_once_and_called_off_once(calm: Sandbox, tmp_path: Path, interface: str) -> None:
    client, serial = carrier_of(calm, tmp_path, interface), {"A": 11, "B-query": 12, "B-header": 13}[interface]
    first, again = client.create(order(serial)), client.create(order(serial))
    assert (first.existed, again.existed) == (False, True)
    assert client.cancel(first) is Cancellation.DONE
    assert client.cancel(first) is Cancellation.DONE
    with pytest.raises(Rejected) as refused:
        client.create(order(serial))
    assert refused.value.code == "110"


def test_items_move_and_the_feed_tells_it_line_by_line(calm: Sandbox, tmp_path: Path) -> None:
    client = carrier_of(calm, tmp_path)
    client.create(order(21))
    before = client.track(None).cursor
    for _ in range(4):
        calm.post("advance", {"dossiers": False})
    lines = [event for event in client.track(before).events if event.order_number == "H21.65-261130-00021-TG01"]
    meanings = [event.meaning.milestone.value for event in lines if isinstance(event.meaning, Meaning)]
    assert meanings == ["picked_up", "in_transit", "out_for_delivery", "delivered"]
    with pytest.raises(Rejected):
        client.cancel(client.create(order(21)))


def test_duplicates_strange_codes_late_lines_and_skewed_clocks_are_told_too(calm: Sandbox, tmp_path: Path) -> None:
    client = carrier_of(calm, tmp_path)
    client.create(order(31))
    cursor = client.track(None).cursor
    calm.post("faults", {"duplicate": 1, "unknown_code": 1, "reorder": 1, "skew": 1})
    for _ in range(2):
        calm.post("advance", {"dossiers": False})
    calm.post("faults", dict.fromkeys(KINDS, 0))
    told: list[TrackingEvent] = [
        one for one in client.track(cursor).events if one.order_number == "H21.65-261130-00031-TG01"
    ]
    assert [one.code for one in told] == ["10", "10", "997", "30", "30", "997", "10"]
    times = [one.occurred_at for one in told if one.occurred_at is not None]
    assert times[-1] < times[0]


# -- what goes wrong


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset_before", Unavailable),
        ("reset_after", Unavailable),
        ("server_error", Unavailable),
        ("bad_gateway", Unavailable),
        ("garbage", BadAnswer),
        ("truncated", BadAnswer),
    ],
)
def test_each_fault_is_one_of_our_errors(
    calm: Sandbox, tmp_path: Path, kind: str, error: type[IntegrationError]
) -> None:
    exchange = exchange_of(calm, tmp_path)
    exchange.find_dossier("H21.65-261130-09999")
    calm.post("faults", {kind: 1.0})
    with pytest.raises(error):
        exchange.find_dossier("H21.65-261130-09999")
    counted = {one["kind"]: one["count"] for one in calm.get("faults")}
    assert counted[kind] >= 1


def test_a_line_that_breaks_after_the_effect_leaves_the_effect(calm: Sandbox, tmp_path: Path) -> None:
    client = carrier_of(calm, tmp_path)
    client.create(order(41))
    calm.post("faults", {"reset_after": 1.0})
    with pytest.raises(Unavailable):
        client.create(order(42))
    calm.post("faults", {"reset_after": 0.0})
    assert client.create(order(42)).existed


def test_a_slow_answer_is_still_an_answer(calm: Sandbox, tmp_path: Path) -> None:
    calm.post("faults", {"latency": 1.0})
    assert exchange_of(calm, tmp_path).find_dossier("H21.65-261130-09999") is None


@pytest.mark.parametrize("rates", [{"earthquake": 0.5}, {"latency": 2}])
def test_a_fault_that_is_none_is_refused(calm: Sandbox, rates: dict[str, float]) -> None:
    with pytest.raises(AssertionError, match="kinds are"):
        calm.post("faults", rates)


def test_a_kill_loses_nothing_that_was_answered(calm: Sandbox, tmp_path: Path) -> None:
    client = carrier_of(calm, tmp_path)
    client.create(order(51))
    calm.kill()
    calm.start()
    assert client.create(order(51)).existed


def test_submissions_wait_in_the_outbox_until_we_answer(calm: Sandbox) -> None:
    wish = {"procedure_code": "1.003560", "applicant": {"kind": "person", "name": "Người Thử", "phone": "0900000002"},
            "place": {"unit_code": "23728", "address": "Thôn Thử"}, "code": CODE}  # fmt: skip
    assert calm.post("submissions", wish) == {"code": CODE}
    assert calm.post("post") in ({"answered": 0}, None)
    waiting = [one for one in calm.get("outbox") if one["subject"] == CODE]
    assert [(one["path"], one["status"]) for one in waiting] == [("/api/v1/dossiers", None)]

"""Answers that are no errors and still awkward, replayed: told twice, contradicting, in unknown codes or strange clothes."""

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.errors import BadAnswer
from integrations.one_stop import STATES, SUB_STATES
from integrations.unknown import Unknown
from tests.fakes.exchange import PROCEDURE
from tests.fakes.partner import told
from tests.integrations.one_stop.conftest import RECORD, Joined

ROW: dict[str, Any] = {"MaHoSo": RECORD.code, "TrangThaiHoSo": "9", "NgayTiepNhan": "20261121013005"}
# as docs/domain.md §4 writes them
NATIONAL = """1 registered · 2 accepted · 3 refused · 4 in process · 5 papers wanted · 6 fee due · 7 withdrawn ·
8 stopped · 9 finished · 10 result returned"""
BOUNDARY_FREE = "1 received · 2 in process · 3 result returned · 4 waiting for the unit"


def _found(joined: Joined, *rows: dict[str, Any]) -> Any:
    joined.client.list_procedures()
    joined.partner.faults.append(told({"error_code": 0, "result": rows}))
    return joined.client.find_dossier(RECORD.code)


def test_each_state_means_what_the_exchange_publishes() -> None:
    for table, published in ((STATES, NATIONAL), (SUB_STATES, BOUNDARY_FREE)):
        assert [f"{code} {state.means}" for code, state in table.items()] == [
            " ".join(one.split()) for one in published.split("·")
        ]


def test_a_dossier_told_twice_is_one(joined: Joined) -> None:
    found = _found(joined, ROW, dict(ROW))
    assert (found.code, found.state) == (RECORD.code, STATES["9"])


@pytest.mark.parametrize("order", [1, -1])
def test_two_rows_that_contradict_each_other_are_not_believed_in_either_order(joined: Joined, order: int) -> None:
    rows = [ROW, {**ROW, "TrangThaiHoSo": "4"}][::order]
    with pytest.raises(BadAnswer, match="contradict"):
        _found(joined, *rows)


@pytest.mark.parametrize("code", ["0", "11", "99", "4a", "đang xử lý", -1])
def test_an_unknown_state_is_kept_as_it_came(joined: Joined, code: object) -> None:
    found = _found(joined, {**ROW, "TrangThaiHoSo": code})
    assert found.state == Unknown(str(code))


@pytest.mark.parametrize("code", [9, "9", "09", " 9 "])
def test_a_known_state_may_be_written_in_several_ways(joined: Joined, code: object) -> None:
    assert _found(joined, {**ROW, "TrangThaiHoSo": code}).state is STATES["9"]


def test_names_in_another_case_and_unknown_fields_and_empty_dates_are_read(joined: Joined) -> None:
    awkward = {"MAHOSO": RECORD.code, "trangthaihoso ": 9, "NgayTra": "", "NgayHenTra": None, "Moi": {"x": [1]}}
    found = _found(joined, awkward)
    assert (found.state, found.returned_at, found.due_at) == (STATES["9"], None, None)


@pytest.mark.parametrize(
    "text", ["20261121013005", "21/11/2026 01:30:05", "2026-11-21T01:30:05", "2026-11-20T18:30:05Z"]
)
def test_a_time_in_a_form_that_operators_use_is_the_same_moment(joined: Joined, text: str) -> None:
    found = _found(joined, {**ROW, "NgayTiepNhan": text})
    assert found.received_at == datetime(2026, 11, 20, 18, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["20261321013005", "20261121256005", "hôm qua", "0", "31/02/2026 08:00"])
def test_a_time_that_is_none_is_broken_and_no_other_time(joined: Joined, text: str) -> None:
    with pytest.raises(BadAnswer, match="NgayTiepNhan"):
        _found(joined, {**ROW, "NgayTiepNhan": text})


@pytest.mark.parametrize(
    ("published", "field"),
    [
        ({**PROCEDURE, "MATTHC": "2.000635"}, "MATTHC"),
        ({**PROCEDURE, "CACHTHUCTHUCHIEN": []}, "CACHTHUCTHUCHIEN"),
        ({**PROCEDURE, "CACHTHUCTHUCHIEN": [{"THOIGIAN": []}]}, "KENH"),
        ({**PROCEDURE, "THANHPHANHOSO": [{"GIAYTO": [{"MAGIAYTO": "G1"}]}]}, "TENGIAYTO"),
        ({**PROCEDURE, "THANHPHANHOSO": [{"GIAYTO": [{"TENMAUDON": "Tờ khai"}]}]}, "MAGIAYTO"),
        ({**PROCEDURE, "THANHPHANHOSO": {"GIAYTO": []}}, "THANHPHANHOSO"),
        (
            {**PROCEDURE, "CACHTHUCTHUCHIEN": [{"KENH": 3, "THOIGIAN": [{"THOIGIANGIAIQUYET": "ba ngày"}]}]},
            "THOIGIANGIAIQUYET",
        ),
    ],
)
def test_a_procedure_that_is_not_as_promised_is_broken_by_field(
    joined: Joined, published: dict[str, Any], field: str
) -> None:
    joined.client.list_procedures()
    joined.partner.faults.append(told({"error_code": 0, "result": [published]}))
    with pytest.raises(BadAnswer, match=field):
        joined.client.find_procedure("1.003560")


def test_a_way_nobody_explained_is_kept_and_opens_no_door_for_the_post(joined: Joined) -> None:
    joined.client.list_procedures()
    joined.partner.faults.append(told({"error_code": 0, "result": [{**PROCEDURE, "CACHTHUCTHUCHIEN": [{"KENH": 4}]}]}))
    found = joined.client.find_procedure("1.003560")
    assert found is not None
    assert ([way.channel for way in found.ways], found.post_allowed) == (["4"], False)


def test_a_message_whose_answer_was_lost_is_told_again_without_a_second_dossier(joined: Joined) -> None:
    joined.client.sync_dossier(RECORD, updating=False)  # the effect stayed, and its answer is as if it had been lost
    assert joined.client.put_dossier(RECORD)
    updates = [one.json["isUpdating"] for one in joined.partner.sent if one.json.get("service") == "DongBoHoSoMC"]
    assert (updates, list(joined.exchange.dossiers)) == (["False", "True"], [RECORD.code])

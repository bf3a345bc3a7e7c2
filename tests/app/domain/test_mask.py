"""Names, telephones, identity numbers and addresses are hidden, whatever wraps them; codes and times stay."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import mask
from app.domain.mask import PersonalWords

PERSON = PersonalWords.of(["Nguyễn Văn Thử"], ["0900000123", "Số 12 đường Thử Nghiệm"])


def test_a_name_keeps_its_first_letters_and_a_telephone_its_last_two_digits() -> None:
    assert mask.name("Nguyễn Văn Thử") == "N•• V•• T••"
    assert mask.number("0900 000 123") == "••••••••23"
    assert mask.address("Số 12 đường Thử") == "S•• •• đ•• T••"


def test_nothing_stays_nothing() -> None:
    assert (mask.name(None), mask.number(None), mask.address(""), mask.sentence(""), mask.answer("")) == ("",) * 5


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("Số điện thoại 0900 000 123 không đúng", "0900 000 123"),
        ("SĐT +84 900 000 123 sai", "900 000 123"),
        ("SĐT 84900000123 sai", "84900000123"),
        ("SDT:tel.0900000123", "0900000123"),
        ("SDT0900000123sai", "0900000123"),
        ("CCCD 064090000123 đã có", "064090000123"),
        ("CMND 230 900 012 đã có", "230 900 012"),
        ("Hộ chiếu B1234567", "B1234567"),
        ("Người nhận Trần Thị Mẫu vắng nhà", "Trần Thị Mẫu"),
        ("Khach hang TRAN THI MAU khong nhan", "TRAN THI MAU"),
        ("ông Mẫu từ chối", "Mẫu"),
        ("giao đến thôn 7, xã Ia Thử", "7"),
        ("giao đến đường Hoa Mẫu", "Hoa Mẫu"),
        ("vị trí 13.98123, 108.00456", "13.98123"),
    ],
)
def test_a_sentence_of_theirs_hides_what_looks_like_a_person(said: str, gone: str) -> None:
    assert gone not in mask.sentence(said)


@pytest.mark.parametrize(
    "said",
    [
        "Dossier H21.65-261128-00021 is unknown",
        "H21.65-261130-0021-TG01",
        "RT473124829VN: đã phát",
        "answered 502 Bad Gateway",
        "the Server Failed at 2026-11-28T09:30:00+07:00",
        "Mã trạng thái 999 không có trong bảng",
    ],
)
def test_codes_times_and_technical_words_stay(said: str) -> None:
    assert mask.sentence(said) == said


@pytest.mark.parametrize(
    "said",
    ["gửi NGUYEN  VAN THU", "nguyễn văn thử", "a Thử ơi", "gọi 0900000123", "so 12, duong thu nghiem", "THỬ,Nguyễn"],
)
def test_what_our_rows_hold_is_found_whatever_its_case_and_accents(said: str) -> None:
    told = mask.sentence(said, PERSON).casefold()
    for word in ("nguy", "van", "văn", "thu", "thử", "0900000123", "duong"):
        assert word not in told


def test_json_shows_codes_and_hides_every_other_text() -> None:
    raw = json.dumps(
        {
            "Status": "101",
            "Message": "Đơn của Nguyễn Văn Thử đã có",
            "OrderNumber": "H21.65-261130-0021-TG01",
            "HoTen": "Thử",
            "ten": "thu",
            "DiaChi": "Thon 2",
            "sdt": 900000123,
            "access_token": "A1B2C3D4E5F6",
            "EventTime": "2026-11-30T09:00:00",
        }
    )
    told = mask.answer(raw)
    assert '"Status": "101"' in told
    assert '"OrderNumber": "H21.65-261130-0021-TG01"' in told
    assert '"EventTime": "2026-11-30T09:00:00"' in told
    assert "Đơn của" in told
    for gone in ("Nguyễn", "Thử", "thu", "Thon 2", "900000123", "A1B2C3D4E5F6"):
        assert gone not in told


def test_a_broken_off_json_hides_its_last_value_too() -> None:
    told = mask.answer('{"code": 0, "data": [{"HoTen": "Nguyen Van Thu", "DiaChi": "Thon Hai, xa Ia')
    assert told == '{"code": 0, "data": [{"HoTen": "•••", "DiaChi": "•••'


def test_a_page_of_html_stays_readable_without_names() -> None:
    told = mask.answer("<html><h1>502 Bad Gateway</h1><p>Trần Thị Mẫu</p></html>")
    assert "502 Bad Gateway" in told
    assert "Mẫu" not in told


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_known_telephone_survives_in_no_text(before: str, after: str) -> None:
    told = mask.answer(f"{before} 0900000123 {after}", PERSON)
    assert "0900000123" not in told


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    mask.answer(text, PERSON)

"""Every request to the exchange, whole: method, query, headers and each field that docs/domain.md §4 names, all of them filled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.http import OutsideService
from integrations.one_stop import (
    ChannelCode,
    DossierStateCode,
    Fee,
    HandedIn,
    HandlingStep,
    NationalExchange,
    OwnerKind,
    ResultPaper,
    ReturnForm,
)
from tests.integrations.one_stop.conftest import RECORD, Joined
from tests.integrations.whole import JSON, whole

# as docs/domain.md §4 writes them; KenhThucHien stands there in the line before
SYNC_NAMES = """MaHoSo, MaTTHC, TenTTHC, MaLinhVuc, TenLinhVuc, SoBienNhan, ChuHoSo, LoaiDoiTuong, MaDoiTuong, Email,
SoDienThoai, TrichYeuHoSo, NgayTiepNhan, NgayHenTra, TrangThaiHoSo, NgayTra, ThongTinTra, HinhThuc, NgayKetThucXuLy,
DonViXuLy, GhiChu, TaiLieuNop, DanhSachLePhi, DanhSachGiayToKetQua, KenhThucHien"""
FEE_NAMES = "TenPhiLePhi, MaPhiLePhi, HinhThucThu, Gia, LoaiPhiLePhi"
STEP_NAMES = """MaHoSo, NguoiXuLy, ChucDanh, ThoiDiemXuLy, PhongBanXuLy, NoiDungXuLy, TrangThai, NgayBatDau,
NgayKetThucTheoQuyDinh"""
HEADERS = {**JSON, "dstcode": "VN:GOV:dvcprovider"}
COMMON = {"session": "phien-1", "madonvi": "000.00.00.H21"}

FULL = replace(
    RECORD,
    owner=replace(RECORD.owner, kind=OwnerKind.COMPANY),
    channel=ChannelCode.ONLINE,
    return_form=ReturnForm.IN_PERSON,
    state=DossierStateCode.RESULT_RETURNED,
    finished_at=datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC),
    returned_at=datetime(2026, 11, 24, 2, 0, 7, tzinfo=UTC),
    return_note="Đã trả cho người thân",
    note="Đã thu phí",
    handed_in=(HandedIn("7", "to-khai.pdf", "G1", "https://vidu.vn/7", deleted=True),),
    fees=(Fee("Lệ phí khai sinh", "LP1", 8000, when="2", kind="2"), Fee("Phí trích lục", "LP2", 0)),
    results=(ResultPaper("Giấy khai sinh", "KQ1", "9", "https://vidu.vn/9"),),
)
FULL_WIRE = {
    "MaHoSo": "H21.65-220914-0011",
    "MaTTHC": "1.003560",
    "TenTTHC": "Đăng ký khai sinh",
    "MaLinhVuc": "G15-HT01",
    "TenLinhVuc": "Hộ tịch",
    "KenhThucHien": "2",
    "SoBienNhan": "BN-1",
    "ChuHoSo": "Nguyễn Văn Thử",
    "LoaiDoiTuong": "2",
    "MaDoiTuong": "079000000123",
    "Email": "thu@vidu.vn",
    "SoDienThoai": "0900000123",
    "TrichYeuHoSo": "Khai sinh cho con của Nguyễn Văn Thử",
    "NgayTiepNhan": "20261121013005",
    "NgayHenTra": "20261124170000",
    "TrangThaiHoSo": "10",
    "NgayTra": "20261124090007",
    "ThongTinTra": "Đã trả cho người thân",
    "HinhThuc": "0",
    "NgayKetThucXuLy": "20261124065959",
    "DonViXuLy": "UBND xã Ia Krái",
    "GhiChu": "Đã thu phí",
    "TaiLieuNop": [
        {
            "TepDinhKemId": "7",
            "TenTepDinhKem": "to-khai.pdf",
            "IsDeleted": "True",
            "MaThanhPhanHoSo": "G1",
            "DuongDanTaiTepTin": "https://vidu.vn/7",
        }
    ],
    "DanhSachLePhi": [
        {
            "TenPhiLePhi": "Lệ phí khai sinh",
            "MaPhiLePhi": "LP1",
            "HinhThucThu": "2",
            "Gia": "8000",
            "LoaiPhiLePhi": "2",
        },
        {"TenPhiLePhi": "Phí trích lục", "MaPhiLePhi": "LP2", "HinhThucThu": "1", "Gia": "0", "LoaiPhiLePhi": "1"},
    ],
    "DanhSachGiayToKetQua": [
        {
            "TenGiayTo": "Giấy khai sinh",
            "MaThanhPhanHoSo": "KQ1",
            "GiayToId": "9",
            "DuongDanTepTinKetQua": "https://vidu.vn/9",
        }
    ],
}
STEP = HandlingStep(
    code=RECORD.code,
    handler="Nguyễn Văn Thử",
    at=datetime(2026, 11, 23, 17, 0, 0, tzinfo=UTC),
    what="Đã ký giấy khai sinh",
    state=DossierStateCode.FINISHED,
    post="Chủ tịch",
    department="UBND xã Ia Krái",
    begun_at=datetime(2026, 11, 20, 18, 30, 5, tzinfo=UTC),
    legal_end_at=datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC),
)
STEP_WIRE = {
    "MaHoSo": "H21.65-220914-0011",
    "NguoiXuLy": "Nguyễn Văn Thử",
    "ChucDanh": "Chủ tịch",
    "ThoiDiemXuLy": "20261124000000",
    "PhongBanXuLy": "UBND xã Ia Krái",
    "NoiDungXuLy": "Đã ký giấy khai sinh",
    "TrangThai": "9",
    "NgayBatDau": "20261121013005",
    "NgayKetThucTheoQuyDinh": "20270101000000",
}
REQUESTS: dict[str, tuple[Callable[[NationalExchange], object], dict[str, Any]]] = {
    "DongBoHoSoMC": (
        lambda client: client.sync_dossier(FULL, updating=True),
        {"isUpdating": "True", "data": [FULL_WIRE]},
    ),
    "CapNhatTienDoHoSoMC": (lambda client: client.report_progress(STEP), {"data": [STEP_WIRE]}),
    "TraCuuHoSo": (lambda client: client.find_dossier(RECORD.code), {"mahoso": "H21.65-220914-0011"}),
    "LayDanhSachTTHC": (lambda client: client.list_procedures(), {}),
    "LayThuTuc": (lambda client: client.find_procedure("1.003560"), {"maTTHC": "1.003560"}),
}


def _names(text: str) -> set[str]:
    return {name.strip() for name in text.replace("\n", " ").split(",")}


@pytest.mark.parametrize(("service", "call", "body"), [(name, *both) for name, both in REQUESTS.items()], ids=REQUESTS)
def test_a_call_is_told_whole(
    joined: Joined, service: str, call: Callable[[NationalExchange], object], body: dict[str, Any]
) -> None:
    joined.exchange.dossiers[RECORD.code] = FULL_WIRE
    call(joined.client)
    (sent,) = joined.partner.asked("/g")
    assert whole(sent) == ("POST", "/g", {}, HEADERS, {**COMMON, "service": service, **body})


def test_a_log_in_is_told_whole(joined: Joined) -> None:
    joined.client.list_procedures()
    (sent,) = joined.partner.asked("/login")
    told = {"username": "gialai", "password": "bi-mat-khong-ai-biet"}
    assert whole(sent) == ("POST", "/login", {}, HEADERS, told)


def test_an_exchange_without_an_adapter_is_asked_without_its_code(joined: Joined) -> None:
    bare = NationalExchange(replace(joined.client._settings, dstcode=None), OutsideService("một cửa"))
    bare.list_procedures()
    assert [whole(sent)[3] for sent in joined.partner.sent] == [JSON, JSON]


def test_a_call_after_a_renewal_differs_in_nothing_but_its_session(joined: Joined) -> None:
    joined.client.list_procedures()
    joined.exchange.sessions.clear()
    joined.client.sync_dossier(FULL, updating=False)
    _, refused, repeated = joined.partner.asked("/g")
    assert repeated.json["session"] == "phien-2"
    assert {**repeated.json, "session": "phien-1"} == refused.json
    assert whole(repeated)[:4] == whole(refused)[:4]


def test_the_names_are_those_of_the_exchange_and_all_values_are_texts() -> None:
    sent, step = FULL.wire(), STEP.wire()
    assert set(sent) == _names(SYNC_NAMES)
    assert [set(fee) for fee in sent["DanhSachLePhi"]] == [_names(FEE_NAMES)] * 2
    assert set(step) == _names(STEP_NAMES)
    lines = [sent, step, *sent["DanhSachLePhi"], *sent["TaiLieuNop"], *sent["DanhSachGiayToKetQua"]]
    assert {type(value) for line in lines for value in line.values()} == {str, list}


@pytest.mark.parametrize("kind", OwnerKind)
@pytest.mark.parametrize("channel", ChannelCode)
@pytest.mark.parametrize("form", ReturnForm)
def test_who_owns_it_how_it_came_and_how_it_goes_back_are_codes(
    kind: OwnerKind, channel: ChannelCode, form: ReturnForm
) -> None:
    told = replace(FULL, owner=replace(FULL.owner, kind=kind), channel=channel, return_form=form).wire()
    assert told["LoaiDoiTuong"] == {"CITIZEN": "1", "COMPANY": "2", "AGENCY": "3", "OTHER": "4"}[kind.name]
    assert told["KenhThucHien"] == {"IN_PERSON": "1", "ONLINE": "2", "POST": "3"}[channel.name]
    assert told["HinhThuc"] == {"IN_PERSON": "0", "POST": "1"}[form.name]


def test_the_longest_summary_and_handler_are_sent_as_they_are() -> None:
    assert replace(FULL, summary="ữ" * 1000).wire()["TrichYeuHoSo"] == "ữ" * 1000
    assert replace(STEP, handler="ữ" * 50).wire()["NguoiXuLy"] == "ữ" * 50

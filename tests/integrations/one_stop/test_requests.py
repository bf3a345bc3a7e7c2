"""What goes over the wire, field by field (docs/domain.md §4)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from integrations.one_stop import DossierStateCode
from tests.integrations.one_stop.conftest import RECORD, STEP, Joined

SYNCED = {
    "MaHoSo": "H21.65-220914-0011",
    "MaTTHC": "1.003560",
    "TenTTHC": "Đăng ký khai sinh",
    "MaLinhVuc": "G15-HT01",
    "TenLinhVuc": "Hộ tịch",
    "KenhThucHien": "3",
    "SoBienNhan": "BN-1",
    "ChuHoSo": "Nguyễn Văn Thử",
    "LoaiDoiTuong": "1",
    "MaDoiTuong": "079000000123",
    "Email": "thu@vidu.vn",
    "SoDienThoai": "0900000123",
    "TrichYeuHoSo": "Khai sinh cho con của Nguyễn Văn Thử",
    "NgayTiepNhan": "20261121013005",
    "NgayHenTra": "20261124170000",
    "TrangThaiHoSo": "2",
    "NgayTra": "",
    "ThongTinTra": "",
    "HinhThuc": "1",
    "NgayKetThucXuLy": "",
    "DonViXuLy": "UBND xã Ia Krái",
    "GhiChu": "",
    "TaiLieuNop": [
        {
            "TepDinhKemId": "7",
            "TenTepDinhKem": "to-khai.pdf",
            "IsDeleted": "False",
            "MaThanhPhanHoSo": "G1",
            "DuongDanTaiTepTin": "https://vidu.vn/7",
        }
    ],
    "DanhSachLePhi": [
        {"TenPhiLePhi": "Lệ phí khai sinh", "MaPhiLePhi": "LP1", "HinhThucThu": "1", "Gia": "8000", "LoaiPhiLePhi": "1"}
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


def test_a_log_in_sends_name_and_password_and_the_code_of_the_service_behind(joined: Joined) -> None:
    joined.client.list_procedures()
    (log_in,) = joined.partner.asked("/login")
    assert log_in.json == {"username": "gialai", "password": "bi-mat-khong-ai-biet"}
    assert log_in.method == "POST"
    assert all(sent.headers["dstcode"] == "VN:GOV:dvcprovider" for sent in joined.partner.sent)


def test_a_dossier_is_told_field_by_field(joined: Joined) -> None:
    joined.client.sync_dossier(RECORD, updating=False)
    assert joined.body("DongBoHoSoMC") == {
        "session": "phien-1",
        "madonvi": "000.00.00.H21",
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
        "data": [SYNCED],
    }


def test_a_step_is_told_field_by_field(joined: Joined) -> None:
    joined.client.report_progress(STEP)
    assert joined.body("CapNhatTienDoHoSoMC") == {
        "session": "phien-1",
        "madonvi": "000.00.00.H21",
        "service": "CapNhatTienDoHoSoMC",
        "data": [
            {
                "MaHoSo": "H21.65-220914-0011",
                "NguoiXuLy": "Nguyễn Văn Thử",
                "ChucDanh": "",
                "ThoiDiemXuLy": "20261121013100",
                "PhongBanXuLy": "Bưu điện",
                "NoiDungXuLy": "Bưu tá đã thu gom tại nhà",
                "TrangThai": "2",
                "NgayBatDau": "",
                "NgayKetThucTheoQuyDinh": "",
            }
        ],
    }


def test_questions_name_what_they_ask_for(joined: Joined) -> None:
    joined.client.find_dossier("H21.65-220914-0011")
    joined.client.find_procedure("1.003560")
    joined.client.list_procedures()
    said = {"session": "phien-1", "madonvi": "000.00.00.H21"}
    assert joined.body("TraCuuHoSo") == {**said, "service": "TraCuuHoSo", "mahoso": "H21.65-220914-0011"}
    assert joined.body("LayThuTuc") == {**said, "service": "LayThuTuc", "maTTHC": "1.003560"}
    assert joined.body("LayDanhSachTTHC") == {**said, "service": "LayDanhSachTTHC"}


def test_a_retry_updates_the_dossier_that_is_there_already(joined: Joined) -> None:
    assert joined.client.put_dossier(RECORD) is False
    assert joined.client.put_dossier(RECORD) is True
    assert joined.body("DongBoHoSoMC")["isUpdating"] == "True"
    assert list(joined.exchange.dossiers) == [RECORD.code]


def test_a_result_is_returned_only_at_a_proved_time() -> None:
    with pytest.raises(ValueError, match=r"^returned_at:"):
        replace(RECORD, state=DossierStateCode.RESULT_RETURNED)
    proved = replace(RECORD, state=DossierStateCode.RESULT_RETURNED, returned_at=datetime(2026, 11, 23, 2, tzinfo=UTC))
    assert proved.wire()["NgayTra"] == "20261123090000"


def test_lengths_are_those_of_the_exchange() -> None:
    with pytest.raises(ValueError, match="summary: at most 1000"):
        replace(RECORD, summary="x" * 1001)
    with pytest.raises(ValueError, match="handler: at most 50"):
        replace(STEP, handler="x" * 51)


def test_a_time_without_an_offset_is_not_sent() -> None:
    with pytest.raises(ValueError, match="offset"):
        replace(RECORD, received_at=datetime(2026, 11, 20)).wire()  # noqa: DTZ001 - the mistake under test

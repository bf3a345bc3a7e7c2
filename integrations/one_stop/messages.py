"""What we tell the national exchange: a dossier (`DongBoHoSoMC`) and a step of its progress (`CapNhatTienDoHoSoMC`).

Lengths are the exchange's (docs/domain.md §4). People, phones and numbers are in no repr, because reprs reach logs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from integrations.one_stop.codes import ChannelCode, DossierStateCode, OwnerKind, ReturnForm
from integrations.reading import compact

LONGEST_SUMMARY: Final = 1000
LONGEST_HANDLER: Final = 50


@dataclass(frozen=True, slots=True)
class Fee:
    """One line of `DanhSachLePhi`; `amount_dong` whole đồng; `when` (`HinhThucThu`) and `kind` are the list's codes."""

    name: str
    code: str
    amount_dong: int
    when: str = "1"
    kind: str = "1"

    def wire(self) -> dict[str, Any]:
        return {
            "TenPhiLePhi": self.name,
            "MaPhiLePhi": self.code,
            "HinhThucThu": self.when,
            "Gia": str(self.amount_dong),
            "LoaiPhiLePhi": self.kind,
        }


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One line of `TaiLieuNop`: a file handed in, for one paper of the published list."""

    file_id: str
    file_name: str = field(repr=False)
    paper_code: str
    url: str = field(repr=False)
    deleted: bool = False

    def wire(self) -> dict[str, Any]:
        return {
            "TepDinhKemId": self.file_id,
            "TenTepDinhKem": self.file_name,
            "IsDeleted": "True" if self.deleted else "False",
            "MaThanhPhanHoSo": self.paper_code,
            "DuongDanTaiTepTin": self.url,
        }


@dataclass(frozen=True, slots=True)
class ResultPaper:
    """One line of `DanhSachGiayToKetQua`."""

    name: str = field(repr=False)
    paper_code: str
    paper_id: str
    url: str = field(repr=False)

    def wire(self) -> dict[str, Any]:
        return {
            "TenGiayTo": self.name,
            "MaThanhPhanHoSo": self.paper_code,
            "GiayToId": self.paper_id,
            "DuongDanTepTinKetQua": self.url,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose dossier it is: `ChuHoSo`, `LoaiDoiTuong`, `MaDoiTuong`, `Email`, `SoDienThoai`."""

    name: str = field(repr=False)
    kind: OwnerKind = OwnerKind.CITIZEN
    number: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureName:
    """`MaTTHC`, `TenTTHC`, `MaLinhVuc`, `TenLinhVuc`."""

    code: str
    name: str
    field_code: str
    field_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRecord:
    """A dossier as the exchange holds it. Times are aware; `returned_at` belongs to state 10 and needs proof."""

    code: str
    procedure: ProcedureName
    owner: Owner
    summary: str = field(repr=False)
    received_at: datetime
    due_at: datetime | None
    state: DossierStateCode
    unit: str
    channel: ChannelCode = ChannelCode.POST
    return_form: ReturnForm = ReturnForm.POST
    receipt_number: str = ""
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    return_note: str = field(default="", repr=False)
    note: str = field(default="", repr=False)
    handed_in: tuple[HandedIn, ...] = ()
    fees: tuple[Fee, ...] = ()
    results: tuple[ResultPaper, ...] = ()

    def __post_init__(self) -> None:
        if len(self.summary) > LONGEST_SUMMARY:
            raise ValueError(f"summary: at most {LONGEST_SUMMARY} characters")
        if self.state is DossierStateCode.RESULT_RETURNED and self.returned_at is None:
            raise ValueError("returned_at: a result is returned at a proved time")

    def wire(self) -> dict[str, Any]:
        """Return one element of `data`, every field present, as text; an empty text where there is nothing to say."""
        return {
            "MaHoSo": self.code,
            "MaTTHC": self.procedure.code,
            "TenTTHC": self.procedure.name,
            "MaLinhVuc": self.procedure.field_code,
            "TenLinhVuc": self.procedure.field_name,
            "KenhThucHien": self.channel.value,
            "SoBienNhan": self.receipt_number,
            "ChuHoSo": self.owner.name,
            "LoaiDoiTuong": self.owner.kind.value,
            "MaDoiTuong": self.owner.number,
            "Email": self.owner.email,
            "SoDienThoai": self.owner.phone,
            "TrichYeuHoSo": self.summary,
            "NgayTiepNhan": compact(self.received_at),
            "NgayHenTra": _compact(self.due_at),
            "TrangThaiHoSo": self.state.value,
            "NgayTra": _compact(self.returned_at),
            "ThongTinTra": self.return_note,
            "HinhThuc": self.return_form.value,
            "NgayKetThucXuLy": _compact(self.finished_at),
            "DonViXuLy": self.unit,
            "GhiChu": self.note,
            "TaiLieuNop": [one.wire() for one in self.handed_in],
            "DanhSachLePhi": [one.wire() for one in self.fees],
            "DanhSachGiayToKetQua": [one.wire() for one in self.results],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingStep:
    """One step of handling a dossier: who did what when, and the state it led to."""

    code: str
    handler: str = field(repr=False)
    at: datetime
    what: str = field(repr=False)
    state: DossierStateCode
    post: str = ""
    department: str = ""
    begun_at: datetime | None = None
    legal_end_at: datetime | None = None

    def __post_init__(self) -> None:
        if len(self.handler) > LONGEST_HANDLER:
            raise ValueError(f"handler: at most {LONGEST_HANDLER} characters")

    def wire(self) -> dict[str, Any]:
        """Return one element of `data`."""
        return {
            "MaHoSo": self.code,
            "NguoiXuLy": self.handler,
            "ChucDanh": self.post,
            "ThoiDiemXuLy": compact(self.at),
            "PhongBanXuLy": self.department,
            "NoiDungXuLy": self.what,
            "TrangThai": self.state.value,
            "NgayBatDau": _compact(self.begun_at),
            "NgayKetThucTheoQuyDinh": _compact(self.legal_end_at),
        }


def _compact(when: datetime | None) -> str:
    return compact(when) if when else ""

"""The national exchange: sessions, dossiers, progress, procedures. Strict where its publications are silent."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.faults import EXPIRED, FaultInjector
from integrations.sandbox.procedures import DETAILS, LISTED
from integrations.sandbox.state import StateFile, rows, written

USER, SECRET, UNIT = "tan-nha", "sandbox-one-stop", "H21"
USES: Final = 500  # of a session
DATE: Final = re.compile(r"[0-9]{14}")
DOSSIER_FIELDS: Final = frozenset({
    "MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "KenhThucHien", "SoBienNhan", "ChuHoSo", "LoaiDoiTuong",
    "MaDoiTuong", "Email", "SoDienThoai", "TrichYeuHoSo", "NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo", "NgayTra",
    "ThongTinTra", "HinhThuc", "NgayKetThucXuLy", "DonViXuLy", "GhiChu", "TaiLieuNop", "DanhSachLePhi",
    "DanhSachGiayToKetQua",
})  # fmt: skip
NEEDED: Final = ("MaHoSo", "MaTTHC", "ChuHoSo", "NgayTiepNhan", "TrangThaiHoSo", "DonViXuLy")
STEP_FIELDS: Final = frozenset({
    "MaHoSo", "NguoiXuLy", "ChucDanh", "ThoiDiemXuLy", "PhongBanXuLy", "NoiDungXuLy", "TrangThai", "NgayBatDau",
    "NgayKetThucTheoQuyDinh",
})  # fmt: skip
ENDED: Final = frozenset({3, 7, 10})
LONGEST: Final = {"TrichYeuHoSo": 1000, "NguoiXuLy": 50}


class Refused(Exception):
    """`error_code` and a sentence, behind a 200: as the real one answers."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def make(state: StateFile, faults: FaultInjector) -> Blueprint:
    bp = Blueprint("one_stop", __name__, url_prefix="/one-stop")

    @bp.post("/login")
    def login() -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        if (body.get("username"), body.get("password")) != (USER, SECRET):
            return jsonify({"error_code": 1, "message": "Sai tên đăng nhập hoặc mật khẩu"})
        token = secrets.token_hex(16)
        with state.open() as db:
            db.execute("insert into session values (?, 'one_stop', ?)", (token, USES))
        return jsonify({"session": token, "error_code": 0})

    @bp.post("/call")
    def call() -> ResponseReturnValue:
        body = request.get_json(silent=True) or {}
        service = SERVICES.get(str(body.get("service")), _unknown)
        expired = faults.strikes(EXPIRED)
        try:
            with state.open() as db:
                _check_session(db, body, expired=expired)
                answer = service(db, body)
        except Refused as refusal:
            return jsonify({"error_code": refusal.code, "message": str(refusal)})
        return jsonify({"error_code": 0, **answer})

    return bp


def _check_session(db: sqlite3.Connection, body: Mapping[str, Any], *, expired: bool) -> None:
    left = db.execute("select uses from session where token = ?", (body.get("session"),)).fetchone()
    if left is None or left[0] <= 0 or expired:
        db.execute("delete from session where token = ?", (body.get("session"),))
        db.execute("commit")
        db.execute("begin immediate")
        raise Refused(401, "Phiên làm việc đã hết hạn")
    db.execute("update session set uses = uses - 1 where token = ?", (body["session"],))
    if body.get("madonvi") != UNIT:
        raise Refused(5, "Sai mã đơn vị")


def _sync(db: sqlite3.Connection, body: Mapping[str, Any]) -> dict[str, Any]:
    updating = {"True": True, "False": False}.get(str(body.get("isUpdating")))
    if updating is None or not isinstance(body.get("data"), list) or not body["data"]:
        raise Refused(2, "Thiếu isUpdating hoặc data")
    for row in body["data"]:
        _check_dossier(row)
        held = find(db, row["MaHoSo"])
        if (held is not None) != updating:
            raise Refused(6 if held else 7, "Hồ sơ đã tồn tại" if held else "Không tìm thấy hồ sơ")
        target = int(row["TrangThaiHoSo"])
        if held is not None:
            _check_step(held["state"], target)
        keep(db, row["MaHoSo"], target, row, "tan-nha")
    return {}


def _check_dossier(row: object) -> None:
    if not isinstance(row, dict):
        raise Refused(2, "data phải là danh sách hồ sơ")
    if row.keys() - DOSSIER_FIELDS:
        raise Refused(2, f"Không có trường {min(row.keys() - DOSSIER_FIELDS)}")
    _check_fields(row, NEEDED, ("NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy"))
    if row["TrangThaiHoSo"] not in {str(state) for state in range(1, 11)}:
        raise Refused(2, "Sai TrangThaiHoSo")
    if row.get("KenhThucHien") not in {"1", "2", "3"} or row.get("HinhThuc") not in {"0", "1"}:
        raise Refused(2, "Sai KenhThucHien hoặc HinhThuc")
    if row["TrangThaiHoSo"] == "10" and not row.get("NgayTra"):
        raise Refused(2, "Thiếu NgayTra")


def _check_fields(row: Mapping[str, Any], needed: tuple[str, ...], dates: tuple[str, ...]) -> None:
    for name in needed:
        if not row.get(name):
            raise Refused(2, f"Thiếu {name}")
    for name in dates:
        if row.get(name) and not DATE.fullmatch(str(row[name])):
            raise Refused(2, f"{name} phải có dạng yyyyMMddHHmmss")
    for name, most in LONGEST.items():
        if len(str(row.get(name) or "")) > most:
            raise Refused(2, f"{name} dài quá {most} ký tự")


def _check_step(now: int, target: int) -> None:
    if now == target:
        return
    if now in ENDED:
        raise Refused(8, "Hồ sơ đã kết thúc")
    if target == 10 and now != 9:
        raise Refused(9, "Chỉ trả kết quả khi hồ sơ đã xử lý xong")


def _progress(db: sqlite3.Connection, body: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(body.get("data"), list) or not body["data"]:
        raise Refused(2, "Thiếu data")
    for row in body["data"]:
        if not isinstance(row, dict) or row.keys() - STEP_FIELDS:
            raise Refused(2, "Sai trường của tiến độ")
        _check_fields(row, ("MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "TrangThai", "NoiDungXuLy"), ("ThoiDiemXuLy",))
        held = find(db, row["MaHoSo"])
        if held is None:
            raise Refused(7, "Không tìm thấy hồ sơ")
        target = int(row["TrangThai"])
        same = (row["MaHoSo"], row["ThoiDiemXuLy"], target, row["NoiDungXuLy"])
        told = "select 1 from progress where code = ? and at = ? and state = ? and words = ?"
        if db.execute(told, same).fetchone():
            continue  # the same step told again is the same step
        _check_step(held["state"], target)
        db.execute("insert into progress (code, at, state, words) values (?, ?, ?, ?)", same)
        doc = {**held["doc"], "TrangThaiHoSo": str(target)}
        if target == 10:
            doc["NgayTra"] = row["ThoiDiemXuLy"]
        keep(db, row["MaHoSo"], target, doc, "tan-nha")
    return {}


def _find(db: sqlite3.Connection, body: Mapping[str, Any]) -> dict[str, Any]:
    held = find(db, str(body.get("mahoso")))
    return {"result": [held["doc"]] if held else []}


def _unknown(_db: sqlite3.Connection, _body: Mapping[str, Any]) -> dict[str, Any]:
    raise Refused(4, "Không có dịch vụ này")


def _procedures(_db: sqlite3.Connection, _body: Mapping[str, Any]) -> dict[str, Any]:
    return {"result": LISTED}


def _agencies(_db: sqlite3.Connection, _body: Mapping[str, Any]) -> dict[str, Any]:
    return {"result": [{"MADONVI": UNIT, "TENDONVI": "Ủy ban nhân dân tỉnh Gia Lai (thử)"}]}


def _procedure(_db: sqlite3.Connection, body: Mapping[str, Any]) -> dict[str, Any]:
    found = DETAILS.get(str(body.get("maTTHC")))
    return {"result": [found] if found else []}


SERVICES: Final[Mapping[str, Callable[[sqlite3.Connection, Mapping[str, Any]], dict[str, Any]]]] = {
    "DongBoHoSoMC": _sync,
    "CapNhatTienDoHoSoMC": _progress,
    "TraCuuHoSo": _find,
    "LayDanhSachTTHC": _procedures,
    "LayDanhMucCoQuan": _agencies,
    "LayThuTuc": _procedure,
}


def find(db: sqlite3.Connection, code: str) -> dict[str, Any] | None:
    return next(iter(rows(db, "select state, doc from dossier where code = ?", code)), None)


def keep(db: sqlite3.Connection, code: str, state: int, doc: Mapping[str, Any], by: str) -> None:
    """Write a dossier with its new state, and who moved it."""
    held = find(db, code)
    db.execute(
        "insert into dossier values (?, ?, ?) on conflict (code) do update set state = excluded.state, doc = excluded.doc",
        (code, state, written({**doc, "TrangThaiHoSo": str(state)})),
    )
    if held is None or held["state"] != state:
        db.execute("insert into step (code, state, by) values (?, ?, ?)", (code, state, by))

"""A national exchange in memory, written from docs/domain.md §4 and nothing else: sessions, dossiers, two procedures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.partner import Reply, Sent, told

EXPIRED = {"error_code": 401, "message": "Session het han"}
PROCEDURE = {
    "MATTHC": "1.003560",
    "TENTTHC": "Đăng ký khai sinh",
    "CACHTHUCTHUCHIEN": [
        {
            "KENH": "1",
            "THOIGIAN": [
                {
                    "THOIGIANGIAIQUYET": "0,5",
                    "DONVITINH": "Ngày làm việc",
                    "PHILEPHI": [{"MAPHILEPHI": "LP1", "SOTIEN": "8000"}, {"MAPHILEPHI": "LP2", "SOTIEN": "Miễn phí"}],
                }
            ],
        },
        {"KENH": 3, "THOIGIAN": [{"THOIGIANGIAIQUYET": 3, "DONVITINH": "Ngày", "PHILEPHI": None}]},
    ],
    "THANHPHANHOSO": [
        {
            "GIAYTO": [
                {"MAGIAYTO": "G1", "TENMAUDON": "Tờ khai", "SOBANCHINH": "1", "SOBANSAO": 0},
                {"MAGIAYTO": "G2", "TENGIAYTO": "Giấy chứng sinh"},
            ]
        },
        {"GIAYTO": []},
    ],
}


@dataclass
class FakeExchange:
    """`sessions` are those that still count; `password` may be changed while it runs."""

    password: str = "bi-mat-khong-ai-biet"
    sessions: set[str] = field(default_factory=set)
    log_ins: int = 0
    dossiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    progress: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, sent: Sent) -> Reply:
        body = sent.json
        if sent.path == "/login":
            return self._log_in(body)
        if body["session"] not in self.sessions:
            return told(EXPIRED)
        return told(getattr(self, f"_{body['service'].lower()}")(body))

    def _log_in(self, body: dict[str, Any]) -> Reply:
        if body["password"] != self.password:
            return told({"error_code": 1, "message": "Sai mat khau"})
        self.log_ins += 1
        session = f"phien-{self.log_ins}"
        self.sessions.add(session)
        return told({"session": session, "error_code": 0})

    def _dongbohosomc(self, body: dict[str, Any]) -> dict[str, Any]:
        for row in body["data"]:
            if (row["MaHoSo"] in self.dossiers) != (body["isUpdating"] == "True"):
                return {"error_code": 7, "message": f"Ho so cua {row['ChuHoSo']} khong hop le"}
            self.dossiers[row["MaHoSo"]] = row
        return {"error_code": "00"}

    def _capnhattiendohosomc(self, body: dict[str, Any]) -> dict[str, Any]:
        self.progress += body["data"]
        return {"error_code": "0"}

    def _tracuuhoso(self, body: dict[str, Any]) -> dict[str, Any]:
        found = self.dossiers.get(body["mahoso"])
        return {"error_code": 0, "result": [found] if found else []}

    def _laydanhsachtthc(self, body: dict[str, Any]) -> dict[str, Any]:
        assert body["madonvi"]
        return {"error_code": 0, "result": [{"MATTHC": "1.003560", "TENTTHC": "Đăng ký khai sinh", "MACAP": 9}]}

    def _laythutuc(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"error_code": 0, "result": [PROCEDURE] if body["maTTHC"] == "1.003560" else []}

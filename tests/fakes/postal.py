"""Two postal operators in memory, written from docs/domain.md §5 and nothing else."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.partner import Reply, Sent, told

SECRET = "mật-khẩu-bưu-chính"


@dataclass
class FakeHcc:
    """Interfaces A and B: orders by number, and an append-only feed of documents."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    feed: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    log_ins: int = 0

    def tell(self, number: str, code: object, **more: Any) -> str:
        line_id = f"{len(self.feed) + 1:024x}"
        line = {"_id": {"$oid": line_id}, "CustomerCode": "GL01", "OrderNumber": number, "StatusCode": code}
        self.feed.append({**line, "EventTime": "2026-11-23T08:30:00", **more})
        return line_id

    def answer(self, sent: Sent) -> Reply:
        if sent.path == "/token":
            return self._log_in(sent)
        if sent.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Reply(401)
        return told(getattr(self, f"_{sent.path.strip('/')}")(sent))

    def _log_in(self, sent: Sent) -> Reply:
        if sent.headers["authorization"] != "Basic " + base64.b64encode(f"gialai:{SECRET}".encode()).decode():
            return told({"error": "invalid_client"}, 401)
        self.log_ins += 1
        self.tokens.add(f"the-{self.log_ins}")
        return told({"access_token": f"the-{self.log_ins}", "token_type": "Bearer", "expires_in": 3600})

    def _post(self, sent: Sent) -> dict[str, Any]:
        number = sent.json["OrderNumber"]
        if number in self.cancelled:
            return {"Status": "110", "Message": "Don hang da huy"}
        known = number in self.orders
        self.orders.setdefault(number, sent.json)
        return {"Status": "101", "Message": "Da ton tai"} if known else {"Status": 100, "Message": "Thanh cong"}

    def _cancel(self, sent: Sent) -> dict[str, Any]:
        number = sent.query["OrderNumber"]
        if number not in self.orders:
            return {"Status": "404", "Message": "Khong co don cua Nguyễn Văn Thử"}
        self.cancelled.add(number)
        return {"Status": "110", "Message": "Da huy"}

    def _tracking(self, sent: Sent) -> dict[str, Any]:
        size = int(sent.query["pagesize"])
        waiting = [line for line in self.feed if line["_id"]["$oid"] > sent.query["lastId"]]
        page = waiting[:size]
        return {
            "_size": len(waiting),
            "_total_pages": -(-len(waiting) // size),
            "_returned": len(page),
            "_embedded": {"rh:doc": page},
        }

    def _price(self, sent: Sent) -> dict[str, Any]:
        return {"content": {"price": 26000.0 if sent.json["weight"] <= 100 else "30000"}}


@dataclass
class FakeMyVnpost:
    """Interface C: two-level addresses, a token in a header, cancellations that may wait."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    history: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    cancel_type: str = "00"
    tokens: set[str] = field(default_factory=set)
    log_ins: int = 0

    def answer(self, sent: Sent) -> Reply:
        if sent.path == "/GetAccessToken":
            return self._log_in(sent)
        if sent.headers.get("token") not in self.tokens:
            return Reply(403)
        return getattr(self, f"_{sent.path.strip('/').lower()}")(sent)  # type: ignore[no-any-return] # each returns a Reply

    def _log_in(self, sent: Sent) -> Reply:
        if sent.json["password"] != SECRET:
            return told({"success": False, "message": "Sai mat khau"})
        self.log_ins += 1
        self.tokens.add(f"the-{self.log_ins}")
        return told({"success": True, "token": f"the-{self.log_ins}"})

    def _createorder(self, sent: Sent) -> Reply:
        number = sent.json["informationOrder"]["saleOrderCode"]
        row = {"orderHdrID": f"hdr-{len(self.orders) + 1}", "itemCode": f"CP{len(self.orders):09d}VN", "status": 1}
        self.orders[number] = {**row, "saleOrderCode": number, "body": sent.json}
        return told(row)

    def _getorder(self, sent: Sent) -> Reply:
        found = self.orders.get(sent.query["code"])
        return told([{"results": [found] if found else []}])

    def _ordercancel(self, sent: Sent) -> Reply:
        held = [row for row in self.orders.values() if row["orderHdrID"] == sent.json["OriginalId"]]
        if not held:
            return told({"success": False, "message": "Không tìm thấy đơn của Nguyễn Văn Thử"}, 400)
        if self.cancel_type == "00":
            if held[0]["status"] == 9:
                return told({"Type": "01", "Message": "Đơn đã hủy"})
            held[0]["status"] = 9
        return told({"Type": self.cancel_type, "Message": "", "OriginalId": sent.json["OriginalId"]})

    def _getstatushistoryorder(self, sent: Sent) -> Reply:
        lines = self.history.get(sent.query["code"])
        return told({"data": {"statusHistory ": lines}} if lines is not None else {}, 200 if lines is not None else 404)

    def _servicescharge(self, sent: Sent) -> Reply:
        assert sent.json["data"]["weight"]
        prices = [{"serviceCode": "CTN009", "totalFee": 19000}, {"serviceCode": "ETN011", "totalFee": "31000"}]
        return told({"success": True, "data": prices})

    def _getnewprovinceall(self, sent: Sent) -> Reply:
        assert not sent.body
        return told([{"provinceCode": "52", "provinceName": "Gia Lai"}])

    def _getnewcommuneall(self, sent: Sent) -> Reply:
        assert not sent.body
        return told([{"communeCode": "23728", "communeName": "Ia Krái", "districtCode": 52}])

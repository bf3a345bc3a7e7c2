"""Time in the sandbox: items move through their states, step by step, and what went wrong on the way is part of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from integrations.sandbox import desk, hcc, myvnpost
from integrations.sandbox.faults import DUPLICATE, REORDER, SKEW, UNKNOWN_CODE, FaultInjector
from integrations.sandbox.state import StateFile, count, rows, written

LOCAL: Final = ZoneInfo("Asia/Ho_Chi_Minh")
ROAD: Final = {"created": "10", "10": "30", "30": "50", "50": "70"}
"""The operator's codes as the sandbox writes them: received, on the road, out for delivery, given."""
TRACKING_CODES: Final[dict[str, dict[str, object]]] = {
    "10": {"milestone": "picked_up", "means": "Đã nhận gửi"},
    "30": {"milestone": "in_transit", "means": "Đang vận chuyển"},
    "50": {"milestone": "out_for_delivery", "means": "Đang phát"},
    "60": {"milestone": "delivery_failed", "means": "Phát chưa thành công"},
    "70": {"milestone": "delivered", "means": "Đã phát", "final": True},
    "80": {"milestone": "returned", "means": "Đã chuyển hoàn", "final": True},
}
"""What an operator would hand over on paper: the list of its codes, for the links file."""
STRANGE: Final = "997"
MYVNPOST: Final = {"10": 6, "30": 10, "50": 12, "70": 14}


@dataclass(frozen=True, slots=True)
class World:
    """Everything the sandbox does by itself."""

    state: StateFile
    faults: FaultInjector
    clock: Callable[[], datetime]
    signing_key: RSAPrivateKey
    callback_url: str | None = None
    desk: str | None = None  # whose dossiers its own software works on; None: everybody's

    def advance(
        self, *, items: bool = True, dossiers: bool = True, numbers: Sequence[str] | None = None
    ) -> dict[str, int]:
        """One step in time for items (all, or those of `numbers`), dossiers or both; returns how many moved."""
        moved = {"dossiers": 0, "items": 0}
        with self.state.open() as db:
            if dossiers:
                moved["dossiers"] = desk.advance(db, self.now(), self.desk)
            waiting = rows(db, "select * from item where state in ('created', '10', '30', '50') order by made")
        chosen = waiting if numbers is None else [item for item in waiting if item["number"] in set(numbers)]
        for item in chosen if items else ():
            self.move(item)
            moved["items"] += 1
        return moved

    def move(self, item: dict[str, Any]) -> None:
        """One item one step on, with what goes wrong on its way."""
        target = ROAD[item["state"]]
        skewed, late = self.faults.strikes(SKEW), self.faults.strikes(REORDER)
        strange, twice = self.faults.strikes(UNKNOWN_CODE), self.faults.strikes(DUPLICATE)
        with self.state.open() as db:
            changed = db.execute(
                "update item set state = ? where number = ? and state = ?", (target, item["number"], item["state"])
            )
            if changed.rowcount != 1:
                return
            # each step a minute of its own, so that order by time is an order; a skewed clock is minutes off, alike for all
            at = self.moment(db) + timedelta(minutes=7 if skewed else 0)
            lines = [(target, at)] * (2 if twice else 1) + ([(STRANGE, at)] if strange else [])
            if late and target != "10":
                lines.append(("10", at - timedelta(hours=6)))  # an older event told after a newer one
            for code, moment in lines:
                self.tell(db, item, code, moment)
        if item["kind"] == "myvnpost":
            self.push(item, target)

    def moment(self, db: sqlite3.Connection) -> datetime:
        return self.now() + timedelta(seconds=count(db, "moment") % 3600)

    def tell(self, db: sqlite3.Connection, item: dict[str, Any], code: str, at: datetime) -> None:
        if item["kind"] == "hcc":
            hcc.tell(db, item["number"], item["item_code"], code, at)
            return
        line = {
            "itemCode": item["item_code"],
            "statusCode": str(MYVNPOST.get(code, 99)),
            "statusName": "",
            "createdDate": at.strftime("%d/%m/%Y"),
            "createdHour": at.strftime("%H:%M:%S"),
            "locateName": "",
        }
        db.execute("insert into feed (customer, doc) values (?, ?)", (myvnpost.CUSTOMER, written(line)))

    def push(self, item: dict[str, Any], code: str) -> None:
        """Once; what is lost on the way is read from the history."""
        if self.callback_url is None:
            return
        body = myvnpost.signed(
            self.signing_key, item["item_code"], str(MYVNPOST[code]), self.now().strftime("%d/%m/%Y %H:%M:%S"),
            item["number"], item["hdr"],
        )  # fmt: skip
        try:
            requests.post(self.callback_url, json=body, timeout=(3, 10))
        except requests.RequestException:
            return

    def now(self) -> datetime:
        return self.clock().astimezone(LOCAL)

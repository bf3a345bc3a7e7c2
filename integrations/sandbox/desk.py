"""The desk's software: it takes online submissions, moves dossiers on, and tells us through our own API until we answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import requests

from integrations.sandbox import one_stop
from integrations.sandbox.state import StateFile, count, rows, written

ACCEPTED, IN_PROCESS, FINISHED = 2, 4, 9
OURS: Final = "H21.65"
"""What a dossier that was handed in here is worked on by; dossiers told by others name their own desk."""
AGAIN: Final = frozenset({408, 409, 425, 429})
READ_S: Final = 20.0


def submit(db: sqlite3.Connection, wish: Mapping[str, Any], now: datetime) -> str:
    """An online submission: registered here, and told to us. Returns its code."""
    serial = count(db, "dossier")
    code = str(wish.get("code") or f"H21.65-{now:%y%m%d}-{serial % 100_000:05d}")
    applicant = wish["applicant"]
    doc = {
        "MaHoSo": code,
        "MaTTHC": wish["procedure_code"],
        "TenTTHC": wish["procedure_code"],
        "KenhThucHien": "2",
        "HinhThuc": "1",
        "ChuHoSo": applicant["name"],
        "SoDienThoai": applicant["phone"],
        "NgayTiepNhan": now.strftime("%Y%m%d%H%M%S"),
        "DonViXuLy": OURS,
    }
    one_stop.keep(db, code, 1, doc, "desk")
    body = {
        "code": code,
        "procedure_code": wish["procedure_code"],
        "cases": wish.get("cases", []),
        "state": 1,
        "channel": "2",
        "return_form": "1",
        "received_at": now.isoformat(),
        "applicant": applicant,
        "place": wish["place"],
        "wish": wish.get("wish", "collect_and_deliver"),
        "consent": True,
    } | ({"competent_desk": wish["competent_desk"]} if wish.get("competent_desk") else {})
    tell(db, "/api/v1/dossiers", f"dossier-{code}", code, body)
    return code


def advance(db: sqlite3.Connection, now: datetime, desk: str | None = None) -> int:
    """One step in time: what was accepted is worked on, what was worked on is finished. Returns how many moved.

    `desk`: only what was handed in here, or is worked on by the desk of this name; None: everything.
    """
    moved = 0
    for row in rows(db, "select code, state, doc from dossier where state in (2, 4) order by code"):
        if desk is not None and row["doc"].get("DonViXuLy") not in {OURS, desk}:
            continue
        target = IN_PROCESS if row["state"] == ACCEPTED else FINISHED
        doc = row["doc"] | ({"NgayKetThucXuLy": now.strftime("%Y%m%d%H%M%S")} if target == FINISHED else {})
        one_stop.keep(db, row["code"], target, doc, "desk")
        at = now.isoformat()
        if target == FINISHED:
            body = {"dossier_code": row["code"], "title": "Kết quả (thử)", "at": at}
            tell(db, "/api/v1/results", f"result-{row['code']}", row["code"], body)
        else:
            tell(
                db,
                f"/api/v1/dossiers/{row['code']}/states",
                f"state-{row['code']}-4",
                row["code"],
                {"state": 4, "at": at},
            )
        moved += 1
    return moved


def refuse(db: sqlite3.Connection, code: str, reason: str) -> None:
    """Ask us to refuse a dossier: two-phase, so that nobody drives for papers that nobody wants."""
    body = {"dossier_code": code, "reason": reason, "by": "Cán bộ thử"}
    tell(db, "/api/v1/refusals", f"refusal-{code}", code, body)


def tell(db: sqlite3.Connection, path: str, key: str, subject: str, body: Mapping[str, Any]) -> None:
    """Put into the outbox, once a key."""
    db.execute(
        "insert or ignore into outbox (path, key, subject, body) values (?, ?, ?, ?)",
        (path, key, subject, written(body)),
    )


class Postman:
    """Brings the outbox to our API: of one dossier in order, each again until it is answered for good."""

    def __init__(self, state: StateFile, base_url: str, key: str) -> None:
        self.state, self.base_url, self.key = state, base_url.rstrip("/"), key
        self.line = requests.Session()

    def deliver(self) -> int:
        """One round; returns how many were answered for good."""
        with self.state.open() as db:
            waiting = rows(db, "select * from outbox where status is null order by number limit 500")
        done, held = 0, set[str]()
        for row in waiting:
            if row["subject"] in held:
                continue
            if self._deliver(row):
                done += 1
            else:
                held.add(row["subject"])
        return done

    def _deliver(self, row: Mapping[str, Any]) -> bool:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"sandbox-{row['key']}"}
        try:
            answer = self.line.post(self.base_url + row["path"], json=row["body"], headers=headers, timeout=(3, READ_S))
        except requests.RequestException:
            answer = None
        status = answer.status_code if answer is not None else None
        final = status is not None and status < 500 and (status not in AGAIN or _decided(answer))
        with self.state.open() as db:
            db.execute("update outbox set tries = tries + 1 where number = ?", (row["number"],))
            if final and answer is not None:
                db.execute(
                    "update outbox set status = ?, answer = ? where number = ?",
                    (status, answer.text[:2000], row["number"]),
                )
                _take(db, row, status or 0)
        return final


def _decided(answer: requests.Response | None) -> bool:
    """A 409 is an answer, unless the same call is still under way."""
    if answer is None or answer.status_code != 409:
        return False
    try:
        return bool(answer.json().get("code") != "idempotency_in_flight")
    except requests.JSONDecodeError:
        return False


def _take(db: sqlite3.Connection, row: Mapping[str, Any], status: int) -> None:
    """A refusal that we let happen is final here, too."""
    if row["path"] == "/api/v1/refusals" and status == 200:
        held = one_stop.find(db, row["subject"])
        if held is not None and held["state"] != 3:
            one_stop.keep(db, row["subject"], 3, held["doc"], "desk")

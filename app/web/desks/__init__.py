"""The desk and the post office's counter: scan in, count, results ready, scan out; every hand-over confirmed by both sides."""

from __future__ import annotations

from app.domain.identity import Role
from app.texts.mark import n
from app.web.desks import (
    accepting,
    answering,
    assisting,
    bags,
    board,
    cash,
    claims,
    confirming,
    counting,
    day_book,
    giving,
    handing,
    incidents,
    labelling,
    missing_papers,
    online_help,
    packing,
    paper_cases,
    papers,
    reconciling,
    refusing,
    returning,
    safe_count,
    scanning,
    sheets,
    suspicions,
    transferring,
    two_hands,
    voice,
)
from app.web.desks.blueprint import counter_bp, desk_bp
from app.web.navigation import NavItem

__all__ = [
    "NAVIGATION",
    "accepting",
    "answering",
    "assisting",
    "bags",
    "blueprints",
    "board",
    "cash",
    "claims",
    "confirming",
    "counting",
    "day_book",
    "giving",
    "handing",
    "incidents",
    "labelling",
    "missing_papers",
    "online_help",
    "packing",
    "paper_cases",
    "papers",
    "reconciling",
    "refusing",
    "returning",
    "safe_count",
    "scanning",
    "sheets",
    "suspicions",
    "transferring",
    "two_hands",
    "voice",
]

blueprints = [desk_bp, counter_bp]

_DESK = frozenset({Role.DESK_CLERK})
_OFFICE = frozenset({Role.COUNTER, Role.OFFICE_MANAGER})

NAVIGATION = (
    NavItem("desks.today", n("Một cửa hôm nay"), "building", _DESK),
    NavItem("desks.hand_over_page", n("Giao nhận"), "scan", _DESK),
    NavItem("desks.waiting_page", n("Chờ tôi ký"), "check", _DESK),
    NavItem("desks.bags_page", n("Túi thư"), "bag", _DESK),
    NavItem("desks.transfers_page", n("Luân chuyển"), "truck", _DESK),
    NavItem("desks.results_page", n("Kết quả đã có"), "document", _DESK),
    NavItem("desks.entitlements_page", n("Người nhận"), "people", _DESK),
    NavItem("desks.refusals_page", n("Từ chối, bổ sung"), "alert", _DESK),
    NavItem("desks.reconcile_page", n("Đối chiếu"), "table", _DESK),
    NavItem("desks.labels_page", n("Nhãn"), "qr", _DESK),
    NavItem("counter.today", n("Bưu cục hôm nay"), "archive", _OFFICE),
    NavItem("counter.hand_over_page", n("Giao nhận"), "scan", _OFFICE),
    NavItem("counter.waiting_page", n("Chờ tôi ký"), "check", _OFFICE),
    NavItem("counter.papers_page", n("In giấy tờ"), "print", _OFFICE),
    NavItem("counter.labels_page", n("Nhãn"), "qr", _OFFICE),
    NavItem("counter.bags_page", n("Túi thư"), "bag", _OFFICE),
    NavItem("counter.day_book_page", n("Sổ ngày"), "table", _OFFICE),
    NavItem("counter.cash_page", n("Tiền thu"), "document", _OFFICE),
    NavItem("counter.incidents_page", n("Sự cố"), "alert", _OFFICE),
    NavItem("counter.claims_page", n("Tin báo"), "phone", _OFFICE),
    NavItem("counter.assist_page", n("Đặt giúp"), "people", _OFFICE | {Role.COORDINATOR}),
    NavItem("counter.helping_page", n("Giúp nộp trực tuyến"), "document", _OFFICE),
    NavItem("counter.voices_page", n("Ý kiến, khiếu nại"), "people", _OFFICE),
    NavItem("coordinators.voices_page", n("Ý kiến, khiếu nại"), "people", frozenset({Role.COORDINATOR})),
    NavItem("coordinators.helping_page", n("Giúp nộp trực tuyến"), "document", frozenset({Role.COORDINATOR})),
    NavItem("coordinators.incidents_page", n("Sự cố"), "alert", frozenset({Role.COORDINATOR})),
    NavItem("coordinators.claims_page", n("Tin báo"), "phone", frozenset({Role.COORDINATOR})),
)

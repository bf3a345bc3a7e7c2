"""The coordinator's pages: the day, plans and their routes, who works, a request's story, phones, closed days, journeys spared."""

from __future__ import annotations

from app.texts.mark import n
from app.web.coordinators import (
    access_log,
    amending,
    bank,
    bank_statement,
    board,
    by_telephone,
    closing,
    journeys,
    looking_up,
    one_person,
    papers,
    persons,
    phones,
    planning,
    plans,
    requests,
    rescue,
    road_layer,
    rounds,
    routes,
    safe_counts,
    seasons,
    staffing,
    telephones,
    today,
    unclear,
)
from app.web.coordinators.blueprint import ROLES, bp
from app.web.navigation import NavItem

__all__ = [
    "NAVIGATION",
    "access_log",
    "amending",
    "bank",
    "bank_statement",
    "board",
    "bp",
    "by_telephone",
    "closing",
    "journeys",
    "looking_up",
    "one_person",
    "papers",
    "persons",
    "phones",
    "planning",
    "plans",
    "requests",
    "rescue",
    "road_layer",
    "rounds",
    "routes",
    "safe_counts",
    "seasons",
    "staffing",
    "telephones",
    "today",
    "unclear",
]

NAVIGATION = (
    NavItem("coordinators.day", n("Bảng trong ngày"), "layers", ROLES),
    NavItem("coordinators.staffing", n("Người làm việc"), "people", ROLES),
    NavItem("coordinators.phones_page", n("Điện thoại"), "phone", ROLES),
    NavItem("coordinators.unclear_page", n("Việc cần xem"), "alert", ROLES),
    NavItem("coordinators.looking_up", n("Tìm"), "search", ROLES),
    NavItem("coordinators.closing", n("Ngày nghỉ của xã"), "calendar", ROLES),
    NavItem("coordinators.one_person_page", n("Bưu cục một người"), "archive", ROLES),
    NavItem("coordinators.safe_counts_page", n("Kiểm tủ"), "scan", ROLES),
    NavItem("coordinators.rounds_page", n("Tuyến xe"), "truck", ROLES),
    NavItem("coordinators.journeys", n("Quãng đường khỏi đi"), "chart", ROLES),
)

"""The courier's pages, rendered by the server for now: the day, one door, collecting, delivering, not done."""

from __future__ import annotations

from app.domain.identity import Role
from app.texts.mark import n
from app.web.couriers import collecting, day, delivering, pin, sheets, shell
from app.web.couriers.room import bp
from app.web.navigation import NavItem

__all__ = ["NAVIGATION", "bp", "collecting", "day", "delivering", "pin", "sheets", "shell"]

NAVIGATION = (
    NavItem("couriers.today", n("Hôm nay"), "route", frozenset({Role.COURIER})),
    NavItem("couriers.bag", n("Túi"), "bag", frozenset({Role.COURIER})),
    NavItem("counter.assist_page", n("Đặt giúp"), "people", frozenset({Role.COURIER})),
)

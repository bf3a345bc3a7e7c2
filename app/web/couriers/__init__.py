"""The courier's app: the shell that the phone keeps; everything it shows and says goes over `web.api.courier`."""

from __future__ import annotations

from app.domain.identity import Role
from app.texts.mark import n
from app.web.couriers.shell import bp
from app.web.navigation import NavItem

__all__ = ["NAVIGATION", "bp"]

NAVIGATION = (
    NavItem("couriers.today", n("Hôm nay"), "route", frozenset({Role.COURIER})),
    NavItem("counter.assist_page", n("Đặt giúp"), "people", frozenset({Role.COURIER})),
)

"""The staff's door: signing in and out, and what somebody does with the own account."""

from __future__ import annotations

from app.domain.identity import Role
from app.texts.mark import n
from app.web.navigation import NavItem
from app.web.staff import closing, factor, factor_reset, lock, password, people, places, signin, told_tables, workplaces
from app.web.staff.blueprint import bp

__all__ = [
    "NAVIGATION",
    "bp",
    "closing",
    "factor",
    "factor_reset",
    "lock",
    "password",
    "people",
    "places",
    "signin",
    "told_tables",
    "workplaces",
]

NAVIGATION = (
    NavItem("staff.account_page", n("Tài khoản của tôi"), "person", frozenset(Role)),
    NavItem("staff.people_page", n("Tài khoản nhân viên"), "people", frozenset({Role.OFFICE_MANAGER, Role.ADMIN})),
)

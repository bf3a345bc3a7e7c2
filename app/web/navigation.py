"""The menu of staff: each audience package lists its pages in `NAVIGATION`, each shown to its roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app, request, url_for

from app.domain.identity import Role
from app.models import StaffAccount
from app.services.staff.sessions import locks_after
from app.texts.mark import n
from app.web.i18n import gettext as _

ROLE_NAMES = {
    Role.COURIER: n("Bưu tá"),
    Role.COUNTER: n("Giao dịch viên"),
    Role.DESK_CLERK: n("Cán bộ một cửa"),
    Role.OFFICE_MANAGER: n("Trưởng bưu cục"),
    Role.COORDINATOR: n("Điều phối viên"),
    Role.ADMIN: n("Quản trị"),
}


@dataclass(frozen=True, slots=True)
class NavItem:
    """`label` is a msgid (mark it with `n`); `values` go to url_for."""

    endpoint: str
    label: str
    icon: str
    roles: frozenset[Role]
    values: dict[str, object] = field(default_factory=dict)


def init_navigation(app: Flask, items: Sequence[NavItem]) -> None:
    app.extensions["tannha_navigation"] = tuple(items)


def items_for(account: StaffAccount) -> list[NavItem]:
    every = cast("tuple[NavItem, ...]", current_app.extensions["tannha_navigation"])
    return [item for item in every if not account.roles.isdisjoint(item.roles) or account.role is Role.ADMIN]


def first_page(account: StaffAccount) -> str:
    """Where somebody of this role begins the day."""
    own = [item for item in items_for(account) if not account.roles.isdisjoint(item.roles)]
    return url_for(own[0].endpoint, **own[0].values) if own else "/"  # type: ignore[arg-type]  # url_for's own keywords


def menu(account: StaffAccount) -> list[dict[str, object]]:
    return [
        {
            "href": url_for(item.endpoint, **item.values),  # type: ignore[arg-type]  # url_for's own keywords
            "label": _(item.label),
            "icon": item.icon,
            "current": request.endpoint == item.endpoint,
        }
        for item in items_for(account)
    ]


def _lookup(account: StaffAccount) -> dict[str, str] | None:
    """Where the search of every page is sent, for whoever has its page in the menu."""
    if all(item.endpoint != "coordinators.looking_up" for item in items_for(account)):
        return None
    return {"url": url_for("coordinators.looked_up"), "quick_url": url_for("coordinators.looked_up_quickly")}


def person(account: StaffAccount) -> dict[str, object]:
    place = account.office or account.desk
    return {
        "name": account.name,
        "role": _(ROLE_NAMES[account.role]),
        "office": place.name if place else "",
        "account_url": url_for("staff.account_page"),
        "lookup": _lookup(account),
        "lock": {
            "seconds": int(locks_after(account).total_seconds()),
            "url": url_for("staff.unlock"),
            "alive_url": url_for("staff.still_here"),
        },
        "sign_out_url": url_for("staff.sign_out_action"),
    }

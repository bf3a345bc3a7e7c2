"""What every page's frame asks for: language, banner of a demonstration, the menu, who is signed in."""

from __future__ import annotations

from flask import Flask, current_app, request, url_for

from app.domain.identity import Role
from app.gateways import sandbox_page
from app.texts.tongues import AWAITED
from app.web import i18n
from app.web.assets import make_asset
from app.web.auth import signed_in_phone, signed_in_staff
from app.web.i18n import gettext as _
from app.web.navigation import first_page, menu, person
from app.web.session import clock, language, now, settings
from app.web.signed_in import has_staff_cookie


def demonstration() -> dict[str, str] | None:
    """The banner, while the clock is shifted; never in production."""
    if settings().production or not clock().shifted:
        return None
    shown = now()
    movable = clock().fixed is None and "demo.advance" in current_app.view_functions
    advance = url_for("demo.advance") if movable else ""
    said = {"now": f"{i18n.local_time(shown)}, {i18n.local_date(shown)}", "advance_url": advance}
    return said | ({"sandbox_url": sandbox_page(settings()) or ""} if _may_see_links() else {})


def _may_see_links() -> bool:
    account = signed_in_staff()
    return account is not None and account.role is Role.ADMIN


def _frame() -> dict[str, object]:
    current = language()
    frame: dict[str, object] = {
        "lang": current,
        "languages": i18n.language_links(current),
        "demo": demonstration(),
        "home_url": url_for("citizens.home"),
        "tile_url": settings().tile_url or "",
        "help_line": settings().help_line or "",
    }
    return frame | (_staff_frame() if has_staff_cookie() else _citizen_frame())


def _staff_frame() -> dict[str, object]:
    account = signed_in_staff()
    if account is None:
        return {}
    return {"nav": menu(account), "staff": person(account), "home_url": first_page(account)}


def _citizen_frame() -> dict[str, object]:
    frame: dict[str, object] = {
        "links": _links(("citizens.procedures", _("Các thủ tục")), ("citizens.my_requests", _("Yêu cầu của tôi"))),
        "footer_links": _links(
            ("citizens.privacy", _("Dữ liệu cá nhân")), ("staff.sign_in_page", _("Dành cho nhân viên"))
        ),
    }
    frame["awaited"] = [
        {"code": code, "label": label, "href": url_for("citizens.tongue_page", code=code)}
        for code, label in AWAITED.items()
    ]
    if signed_in_phone():
        frame["citizen"] = {"sign_out_url": url_for("citizens.sign_out_action"), "label": _("Đăng xuất")}
    return frame


def _links(*pages: tuple[str, str]) -> list[dict[str, object]]:
    return [
        {"href": url_for(endpoint), "label": label, "current": request.endpoint == endpoint}
        for endpoint, label in pages
        if endpoint in current_app.view_functions
    ]


def init_frame(app: Flask) -> None:
    app.jinja_env.globals["asset"] = make_asset(f"{app.static_url_path}/")
    app.context_processor(_frame)

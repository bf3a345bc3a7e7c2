"""Jrai and Bahnar: what there is of them, said as it is; and recorded sound of some pages, from our own host."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.tongue import Tongue
from app.gateways import sounds
from app.queries.reference.interpreters import helping
from app.texts.tongues import AWAITED, TONGUES
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.i18n import gettext as _
from app.web.session import settings, transaction

AN_HOUR_S: Final = 3600  # then it is asked whether the file changed


@bp.get("/tieng/<code>")
@public
def tongue_page(code: str) -> ResponseReturnValue:
    tongue = next((one for one in AWAITED if one == code), None)
    if tongue is None:
        raise DomainError("not_found", kind="not_found", field="tongue")
    with transaction() as session:
        helpers, units = helping(session, tongue)
    return render_template(
        "citizens/tongue.html",
        tongue=_(TONGUES[tongue]),
        helpers=helpers,
        where=_("cả tỉnh") if units is None else ", ".join(units),
        heard=_heard(tongue),
    )


@bp.get("/am-thanh/<name>")
@public
def sound(name: str) -> Response:
    found = sounds.sound_file(settings(), name)
    if found is None:
        raise DomainError("not_found", kind="not_found", field="sound")
    path, media_type = found
    return send_file(path, mimetype=media_type, conditional=True, max_age=AN_HOUR_S)


@bp.app_context_processor
def offer_sound() -> dict[str, Any]:
    return {"recorded": recorded}


def recorded(page: str) -> list[dict[str, Any]]:
    """For the macro `listen`: what can be heard of a page."""
    return [_shown(one) for one in sounds.recordings(settings(), page)]


def _shown(one: sounds.Recording) -> dict[str, Any]:
    files = [
        {"href": url_for("citizens.sound", name=name), "type": sounds.FORMS[name.rpartition(".")[2]]}
        for name in one.names
    ]
    label = _("Nghe đọc trang này: %(tongue)s", tongue=_(TONGUES[one.tongue]))
    return {"key": f"{one.tongue}-{one.page}", "label": label, "files": files}


def _heard(tongue: Tongue) -> list[dict[str, Any]]:
    """Each page that is recorded in this tongue."""
    titles = {
        "home": _("Trang đầu"),
        "papers": _("Thủ tục và giấy tờ cần có"),
        "booking": _("Đặt lịch"),
        "tracking": _("Theo dõi hồ sơ"),
        "privacy": _("Dữ liệu cá nhân"),
    }
    found = ((page, one) for page in titles for one in sounds.recordings(settings(), page) if one.tongue is tongue)
    return [_shown(one) | {"label": titles[page]} for page, one in found]

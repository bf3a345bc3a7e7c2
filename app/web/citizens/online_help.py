"""Help to file online, at the counter of the citizen's own post office: one page of questions, no name, a reference to say."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.errors import DomainError
from app.domain.online_help import AskHelp, HalfDay, ResultWay, days_offered
from app.models import OnlineHelp
from app.queries.reference import procedures as find
from app.queries.reference.calendar import calendar
from app.services.booking import online_help
from app.texts.online_help import HALVES, WAYS
from app.web import naming
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.i18n import local_date
from app.web.limits import looks
from app.web.session import now, transaction

LONGEST = 200
ASKED = "help_asked"


@bp.route("/giup-nop-truc-tuyen/<code>", methods=["GET", "POST"])
@public
@looks
def online_help_page(code: str) -> ResponseReturnValue:
    typed = request.form.get("q", "").strip()[:LONGEST]
    meant = naming.read(typed, outside=request.method == "POST")
    errors: dict[str, str] = {}
    with transaction() as session:
        found = naming.choices(session, meant)
        if request.method == "POST" and "find" not in request.form:
            errors = _ask(session, code, found)
            if not errors:
                return redirect(url_for("citizens.online_help_asked_page"), 303)
        elif request.method == "POST" and not found.found:
            errors = {"q": _("Không tìm thấy xã, phường này ở Gia Lai. Xin viết lại tên xã, kèm tên huyện cũ nếu nhớ.")}
        return render_template(
            "citizens/online_help.html",
            procedure=find.by_code(session, code), typed=typed, errors=errors, given=request.form, **_offer(session, found),
        ), 422 if errors else 200  # fmt: skip


@bp.get("/giup-nop-truc-tuyen/da-hen")
@public
def online_help_asked_page() -> ResponseReturnValue:
    with transaction() as session:
        asked = session.get(OnlineHelp, cookie.get(ASKED, 0))
        if asked is None:
            return redirect(url_for("citizens.procedures"))
        return render_template(
            "citizens/online_help_asked.html", asked=asked, half=_(HALVES[asked.half]), way=_(WAYS[asked.result_by])
        )


def _ask(session: Session, code: str, found: naming.Choices) -> dict[str, str]:
    unit = request.form.get("unit", "")
    if all(choice.code != unit for choice in found.found):
        return {"unit": _("Xin chọn đúng xã, phường của ông/bà.")}
    half, way = request.form.get("half", ""), request.form.get("result_by", "")
    errors = {} if half in set(HalfDay) else {"half": _("Xin chọn buổi.")}
    if way not in set(ResultWay):
        errors["result_by"] = _("Xin chọn cách nhận kết quả.")
    if errors:
        return errors
    try:
        day = date.fromisoformat(request.form.get("ngay", ""))
        asked = online_help.ask(session, AskHelp(code, unit, day, HalfDay(half), ResultWay(way), now()))
    except ValueError:
        return {"ngay": _("Xin chọn ngày.")}
    except DomainError as error:
        if error.kind != "invalid":
            raise
        return by_field(error)
    cookie[ASKED] = asked.id
    return {}


def _offer(session: Session, found: naming.Choices) -> dict[str, Any]:
    units = [choice for choice in found.found[: 1 if found.certain else None] if choice.place.office is not None]
    days = days_offered(calendar(session), units[0].code, local_day(now())) if units else []
    return {
        "units": [
            {"value": one.code, "label": one.place.unit.name, "hint": one.place.office.name if one.place.office else ""}
            for one in units
        ],
        "days": [{"value": day.isoformat(), "label": local_date(day)} for day in days],
        "halves": [{"value": half.value, "label": _(word)} for half, word in HALVES.items()],
        "ways": [{"value": way.value, "label": _(word)} for way, word in WAYS.items()],
        "chosen": units[0].code if found.certain and units else "",
    }

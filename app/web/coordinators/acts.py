"""An act on a draft by hand: a proposal with its price first, then done; taken back from the log. Two steps, also without script."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.draft_acts import ACCEPTABLE, ActKind, ActOnDraft, DraftAct, UndoAct
from app.domain.errors import DomainError
from app.domain.wording import whole_number
from app.models import PlanAct, Route
from app.queries.planning.plan_acts import act_lines, couriers_of
from app.queries.planning.plan_pages import route_exists
from app.queries.planning.plans import whole_route
from app.services.planning import Broken, Proposal, act_on_draft, propose, undo
from app.texts import explain, say
from app.texts.planning import ACCEPTED, ACTS, BROKEN
from app.web.auth import check_office, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating, given_number, not_found, seen_plan
from app.web.i18n import dong, kilometres, number
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

TAKEN_BACK = frozenset({ActKind.UNDO.value, ActKind.REDO.value})


@bp.get("/tuyen/<int:route_id>/de-xuat")
@coordinating
def propose_act(route_id: int) -> ResponseReturnValue:
    """The price of an act; nothing is written, so the address may be opened again at any time."""
    with transaction() as session:
        return _proposed(session, seen_route(session, route_id))


@bp.post("/tuyen/<int:route_id>/de-xuat")
@coordinating
def do_act(route_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            plan_id = seen_route(session, route_id).plan_id
            done = act_on_draft(session, ActOnDraft(plan_id, _act(), _seen_revisions(), staff_actor(), now()))
            _within_reach(done.offices)  # else all of it is undone
            stays, kind = route_exists(session, route_id), done.kind
    except DomainError as refusal:
        if refusal.kind not in {"conflict", "invalid"}:
            raise
        with transaction() as session:
            return _proposed(session, seen_route(session, route_id), explain(refusal, language()))
    flash(_("Đã %(act)s. Có thể hoàn tác trong phần Sửa tay.", act=act_name(kind)), "good")
    if stays:
        return redirect(url_for("coordinators.route", route_id=route_id, _anchor="sua-tay"), 303)
    return redirect(url_for("coordinators.plan_acts", plan_id=plan_id), 303)


@bp.get("/ke-hoach/<int:plan_id>/sua-tay")
@coordinating
def plan_acts(plan_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return _log(session, plan_id)


@bp.post("/ke-hoach/<int:plan_id>/sua-tay/<int:act_id>")
@coordinating
def undo_act(plan_id: int, act_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            seen_plan(session, plan_id)
            act = session.get(PlanAct, act_id)
            if act is None or act.plan_id != plan_id:
                raise not_found()
            _within_reach(act.offices)
            kind = undo(session, UndoAct(plan_id, act_id, staff_actor(), now())).kind
    except DomainError as refusal:
        if refusal.kind != "conflict":
            raise
        with transaction() as session:
            return _log(session, plan_id, explain(refusal, language())), 409
    flash(_("Đã hoàn tác.") if kind == ActKind.UNDO.value else _("Đã làm lại."), "good")
    return redirect(url_for("coordinators.plan_acts", plan_id=plan_id), 303)


def seen_route(session: Session, route_id: int) -> Route:
    """Raises `not_found` for a route of an office that this account does not see."""
    found = whole_route(session, route_id)
    if found is None:
        raise not_found()
    check_office(found.office_id)
    return found


def act_name(kind: str) -> str:
    return say(ACTS[kind], language())


def act_rows(session: Session, plan_id: int, shift_id: int | None = None) -> list[dict[str, Any]]:
    """Lines of the log, with what may be pressed: an act is taken back, an undoing that still stands is done again."""
    lines = act_lines(session, plan_id, visible_office_ids(), shift_id)
    return [
        {
            "id": line.id,
            "what": act_name(line.kind),
            "by": line.by,
            "at": line.at,
            "change": ", ".join([signed(line.metres, kilometres), signed(line.dong, dong)]) if line.metres else "",
            "undone": line.undone and line.kind not in TAKEN_BACK,
            "button": "" if line.undone or line.kind == ActKind.REDO.value else _undoing(line.kind),
        }
        for line in lines
    ]


def _undoing(kind: str) -> str:
    return _("Làm lại") if kind == ActKind.UNDO.value else _("Hoàn tác")


def _log(session: Session, plan_id: int, refused: str = "") -> str:
    plan, _line = seen_plan(session, plan_id)
    return render_template("coordinators/acts.html", plan=plan, acts=act_rows(session, plan_id), refused=refused)


def _act() -> DraftAct:
    """What the form asks for. Raises `act_changes_nothing` for an act that nobody knows."""
    try:
        kind = ActKind(request.values.get("act", ""))
        errand = request.values.get("errand")
        return DraftAct(
            kind,
            stop_id=given_number("stop"),
            other_id=given_number("other"),
            shift_id=given_number("shift"),
            to_shift=given_number("to"),
            errand_id=UUID(errand) if errand else None,
            sequence=given_number("at") or None,
            reason=request.form.get("reason", ""),
        )
    except ValueError:
        raise DomainError("act_changes_nothing", kind="invalid", field="act") from None


def _seen_revisions() -> dict[int, int]:
    """`3:12 4:7`: of office 3 the revision 12 was seen."""
    pairs = (pair.partition(":") for pair in request.form.get("seen", "").split())
    known = ((whole_number(office), whole_number(at)) for office, _colon, at in pairs)
    return {office: at for office, at in known if office is not None and at is not None}


def _within_reach(offices: Collection[int]) -> None:
    """Raises `not_found` where an act reaches into an office that this account does not see."""
    for office in offices:
        check_office(office)


def _proposed(session: Session, route: Route, refused: str = "") -> ResponseReturnValue:
    act, status, found = _act(), 409 if refused else 200, None
    try:
        found = propose(session, route.plan_id, _priced_with_any_reason(act))
        _within_reach(found.seen)
    except DomainError as refusal:
        if refusal.kind != "conflict":
            raise
        refused, status = refused or explain(refusal, language()), 409
    if request.accept_mimetypes.best == "application/json":
        return jsonify(_as_json(found, refused)), status
    page = render_template(
        "coordinators/act.html",
        route=route,
        here=request.full_path,
        what=act_name(act.kind.value),
        seen=" ".join(f"{office}:{revision}" for office, revision in found.seen.items()) if found else "",
        figures=_figures(found) if found else [],
        sentence=_sentence(found) if found else "",
        broken=_broken_lines(session, found, route) if found else [],
        reasons=_reasons() if act.kind is ActKind.ACCEPT else [],
        given=request.form.get("reason", ""),
        refused=refused,
    )
    return page, status


def _priced_with_any_reason(act: DraftAct) -> DraftAct:
    """The reason is asked for on the proposal's page, so the proposal itself can't need it."""
    return DraftAct(
        **{name: getattr(act, name) for name in DraftAct.__slots__} | {"reason": act.reason or ACCEPTABLE[0]}
    )


def _as_json(found: Proposal | None, refused: str) -> dict[str, Any]:
    if found is None:
        return {"refused": refused}
    figures = {name: getattr(found.figures, name) for name in type(found.figures).__slots__}
    broken = [
        {"stop": one.stop_id, "shift": one.shift_id, "says": broken_says(one), "accepted": bool(one.accepted)}
        for one in found.broken
    ]
    seen = {str(office): revision for office, revision in found.seen.items()}
    orders = {str(shift): found.after.order(shift) for shift in found.after.ways}
    return {"refused": refused, "says": _sentence(found), **figures, "broken": broken, "seen": seen, "orders": orders}


def _reasons() -> list[dict[str, str]]:
    return [{"value": code, "label": say(ACCEPTED[code], language())} for code in ACCEPTABLE]


def signed(amount: int, say_it: Any) -> str:
    sign = "+" if amount > 0 else "−" if amount < 0 else ""
    return f"{sign}{say_it(abs(amount))}"


def _figures(found: Proposal) -> list[dict[str, str]]:
    mine = found.figures
    lines = [
        {"label": _("Quãng đường"), "value": signed(mine.metres, kilometres)},
        {"label": _("Giờ đi lại"), "value": signed(mine.seconds, _minutes)},
        {"label": _("Chi phí"), "value": signed(mine.dong, dong)},
        {"label": _("Lỗi hẹn"), "value": signed(mine.broken, number), "tone": "bad" if mine.broken > 0 else ""},
    ]
    if mine.onward_m:
        lines.insert(1, {"label": _("Chặng chuyển tiếp"), "value": signed(mine.onward_m, kilometres)})
    return lines


def _sentence(found: Proposal) -> str:
    """`+3,2 km, +4.900 đ, 1 điểm muộn 12 phút.`"""
    parts = [signed(found.figures.metres, kilometres), signed(found.figures.dong, dong)]
    late = [one.amount or 0 for one in found.broken if one.cause == "delay" and one not in found.broken_before]
    if late:
        parts.append(_("%(n)s điểm muộn đến %(minutes)s phút", n=len(late), minutes=-(-max(late) // 60)))
    return ", ".join(parts)


def _minutes(seconds: int) -> str:
    return _("%(n)s phút", n=number(round(seconds / 60)))


def broken_says(one: Broken) -> str:
    """`Đến muộn so với giờ hẹn: 12 phút (người dân đã đồng ý)`."""
    text = say(BROKEN.get(one.cause, one.cause), language())
    if one.amount and one.cause in {"delay", "lead_time", "max_duration", "max_travel_time"}:
        text = _("%(what)s: %(n)s phút", what=text, n=-(-one.amount // 60))
    return f"{text} ({say(ACCEPTED[one.accepted], language())})" if one.accepted else text


def _broken_lines(session: Session, found: Proposal, route: Route) -> list[dict[str, Any]]:
    """Where each broken promise would stand: the courier, and the number of the stop."""
    couriers = {one.shift_id: one for one in couriers_of(session, route.plan, found.seen, route.office_id)}
    return [
        {
            "courier": couriers[one.shift_id].courier,
            "stop": _place_in_order(found.after.order(one.shift_id), one.stop_id),
            "says": broken_says(one),
            "new": one not in found.broken_before,
        }
        for one in found.broken
    ]


def _place_in_order(order: Collection[int], stop_id: int | None) -> str:
    return "–" if stop_id is None else number(list(order).index(stop_id) + 1)

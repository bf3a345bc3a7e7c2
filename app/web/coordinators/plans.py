"""A plan: its figures, the map, the table of routes, what is left out and why, `home` beside `free`, and publishing."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import PublishPlan
from app.domain.errors import DomainError
from app.domain.plan_ways import all_straight
from app.gateways.roads import lines_by_road
from app.models import Plan, Planning, Unit
from app.models.office import MOTORBIKE
from app.queries.planning import plan_map
from app.queries.planning.due import DueDay, due_routes, in_order
from app.queries.planning.plan_pages import (
    LateLine,
    LeftOutLine,
    OfficeLine,
    counterpart,
    ends_off_road,
    left_out_lines,
    office_lines,
    offices_off_road,
)
from app.queries.planning.plans import RouteLine, route_lines, usual_doors
from app.queries.planning.route_progress import progress_of
from app.queries.reference.vehicles import vehicle_kinds, vehicle_name
from app.services.planning import Figures, compare, free_saves, publish
from app.texts import explain, say
from app.texts.ages import age
from app.texts.due import due_sentence, due_tone
from app.texts.free_savings import free_sentence
from app.texts.planning import UNSERVED
from app.texts.relaxation import way_out
from app.texts.working_hours import balance_sentence, searched_sentence, slow_sentence, ways_sentence
from app.web.auth import staff_actor, visible_office_ids
from app.web.coordinators.blueprint import answers_for, bp, coordinating, given_number, not_found, seen_plan
from app.web.coordinators.bulk import evening_cost
from app.web.coordinators.today import changed_day, late_of
from app.web.i18n import dong, kilometres, local_time, number
from app.web.i18n import gettext as _
from app.web.packing import packed_json
from app.web.session import language, now, settings, transaction

A_PAGE = 50
PARTS = ("ban-do", "tuyen", "con-lai", "so-sanh")


@bp.get("/ke-hoach/<int:plan_id>", defaults={"part": "ban-do"})
@bp.get("/ke-hoach/<int:plan_id>/<any('tuyen', 'con-lai', 'so-sanh'):part>")
@coordinating
def plan(plan_id: int, part: str) -> ResponseReturnValue:
    with transaction() as session:
        return _page(session, plan_id, part)


def _page(session: Session, plan_id: int, part: str, refused: str = "") -> str:
    row, line = seen_plan(session, plan_id)
    visible = visible_office_ids()
    return render_template(
        "coordinators/plan.html",
        plan=row,
        line=line,
        part=part,
        whole=visible is None,
        may_publish=row.state == "draft" and answers_for(session, row),
        evening_cost=evening_cost(session, row.day) if row.state == "draft" and answers_for(session, row) else "",
        only_office=next(iter(visible)) if visible is not None and len(visible) == 1 else "",
        refused=refused,
        balance=balance_sentence(row.balance, language()) if row.balance and visible is None else "",
        ways=_ways(session, row),
        usual=usual_doors(session, row.id, visible),
        free_says=_free_says(session, row) if visible is None else "",
        slow=_slow(session, row),
        searched=searched_sentence(row.engine_versions, language()),
        **_READERS[part](session, row),
    )


def _free_says(session: Session, row: Plan) -> str:
    """Why `free` saves or does not, where the day is planned both ways."""
    other = counterpart(session, row)
    if other is None:
        return ""
    home, free = sorted((row, other), key=lambda plan: plan.assignment, reverse=True)
    return free_sentence(free.movable, free_saves(*compare((home, free))), language())


def _ways(session: Session, row: Plan) -> str:
    if not row.ways:
        return ""
    return ways_sentence(row.ways, offices_off_road(session, row), ends_off_road(session, row), language())


def _slow(session: Session, row: Plan) -> str:
    """The communes where the season makes rides longer, as the plan reckoned."""
    slow: dict[str, int] = (row.ways or {}).get("slow", {})
    rows = session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(slow))) if slow else ()
    names = {row.code: row.name for row in rows}
    return slow_sentence({names.get(code, code): by for code, by in slow.items()}, language())


def _map_part(session: Session, row: Plan) -> dict[str, Any]:
    return {"offices": office_lines(session, row.id, visible_office_ids())}


def _routes_part(session: Session, row: Plan) -> dict[str, Any]:
    visible = visible_office_ids()
    offices: list[OfficeLine] = office_lines(session, row.id, visible)
    office = given_number("buu-cuc")
    lines = route_lines(session, row.id, visible)
    lines = [line for line in lines if office in {None, line.office_id}]
    pressing = due_routes(session, row.id, row.day)
    by_due = request.args.get("xep") == "han"
    if by_due:
        lines = sorted(lines, key=lambda line: in_order(next(iter(pressing.get(line.id, [])), None)))
    pages = max(1, ceil(len(lines) / A_PAGE))
    page = min(max(1, given_number("trang") or 1), pages)
    return {
        "offices": [{"value": one.id, "label": one.name} for one in offices],
        "office": office,
        "pressing": pressing,
        "by_due": by_due,
        "due": _due,
        "vehicles": _vehicles(session, lines),
        "routes": lines[(page - 1) * A_PAGE : page * A_PAGE],
        "runs": {} if row.state == "draft" else {run.route_id: run for run in progress_of(session, row.day, visible)},
        "age": lambda moment: age(moment, now(), language()),
        "page": page,
        "pages": pages,
    }


def _vehicles(session: Session, lines: Sequence[RouteLine]) -> dict[str, str]:
    """The names of what is ridden; none where all ride a motorbike, which needs no saying."""
    ridden = {line.vehicle for line in lines}
    if ridden <= {MOTORBIKE}:
        return {}
    kinds = vehicle_kinds(session)
    return {code: vehicle_name(kinds, code) for code in ridden}


def _left_out_part(session: Session, row: Plan) -> dict[str, Any]:
    lines: Sequence[LeftOutLine] = left_out_lines(session, row, visible_office_ids())
    return {
        "late": [{"value": str(errand.errand_id), "label": _late(errand)} for errand in late_of(session, row)],
        "changed": changed_day(row),
        "left_out": lines,
        "due": _due,
        "due_tone": due_tone,
        "reason": lambda code: say(UNSERVED[code], language()),
        "way_out": _way_out,
    }


def _due(day: DueDay) -> str:
    return due_sentence(day.on, day.left, language())


def _late(errand: LateLine) -> str:
    return f"{errand.reference}, {errand.office}, {local_time(errand.starts_at)}–{local_time(errand.ends_at)}"


def _way_out(change: dict[str, Any] | None) -> str:
    return way_out(change, language()) if change else ""


def _compare_part(session: Session, row: Plan) -> dict[str, Any]:
    """For whoever sees every office of both plans: the figures are sums."""
    if visible_office_ids() is not None:
        raise not_found()
    other = counterpart(session, row)
    pair = sorted([row, *([other] if other else [])], key=lambda plan: plan.assignment, reverse=True)
    figures = compare(pair)
    order = session.get(Planning, row.planning_id) if row.planning_id else None
    return {"other": other, "rows": _rows(figures), "order": order}


_READERS = {"ban-do": _map_part, "tuyen": _routes_part, "con-lai": _left_out_part, "so-sanh": _compare_part}


def _rows(figures: Sequence[Figures]) -> list[dict[str, Any]]:
    """Home first. The better of the two is marked; equals are not."""
    return [
        _row(_("Quãng đường bưu tá đi"), [f.distance_m for f in figures], kilometres),
        _row(
            _("Chặng chuyển tiếp"),
            [f.onward_m for f in figures],
            kilometres,
            _("từng phong bì về đúng một cửa"),
        ),
        _row(_("Cộng cả hai"), [f.all_m for f in figures], kilometres),
        _row(_("Giờ đi lại"), [f.riding_s for f in figures], _hours),
        _row(_("Giờ làm, không kể nghỉ trưa"), [f.working_s for f in figures], _hours),
        _row(
            _("Chênh lệch giờ làm lớn nhất"),
            [f.spread_s for f in figures],
            _hours,
            _("giữa hai bưu tá cùng bưu cục"),
        ),
        _row(_("Bưu tá"), [f.couriers for f in figures], number),
        _row(_("Yêu cầu được phục vụ"), [f.served for f in figures], number, more_is_better=True),
        _row(_("Chi phí"), [f.cost for f in figures], dong, _("theo đơn giá giả định")),
    ]


def _row(label: str, values: list[int], say_it: Any, hint: str = "", *, more_is_better: bool = False) -> dict[str, Any]:
    row: dict[str, Any] = {"label": label, "values": [say_it(value) for value in values], "hint": hint}
    if len(set(values)) > 1:
        row["best"] = values.index(max(values) if more_is_better else min(values))
    return row


def _hours(seconds: int) -> str:
    return _("%(n)s giờ", n=number(seconds / 3600, decimals=1))


@bp.get("/ke-hoach/<int:plan_id>/ban-do.json")
@coordinating
def plan_map_data(plan_id: int) -> ResponseReturnValue:
    with transaction() as session:
        row, _line = seen_plan(session, plan_id)
        offices, only = visible_office_ids(), given_number("buu-cuc")
        if only is not None:
            offices = frozenset({only}) if offices is None else offices & {only}
        drawn = plan_map.plan_map(session, row, offices, language(), now())
        straight = all_straight(row.ways)
    route_id = request.args.get("tuyen")
    drawn["routes"] = [
        route | {"href": url_for("coordinators.route", route_id=int(route["id"]))}
        for route in drawn["routes"]
        if route_id in {None, route["id"]}
    ]
    roads = settings().roads
    if roads and not straight:
        _draw_by_road(drawn, roads)
    return packed_json(jsonify(drawn))


def _draw_by_road(drawn: dict[str, Any], roads: str) -> None:
    """Where no line came the map draws the route straight, and says so."""
    homes = {office["id"]: (office["lon"], office["lat"]) for office in drawn["offices"]}
    lines = lines_by_road(roads, [plan_map.way_of(route, homes) for route in drawn["routes"]])
    for route, line in zip(drawn["routes"], lines, strict=True):
        if line:
            route["path"] = plan_map.steps_of(line)


def _check_may_publish(session: Session, row: Plan) -> None:
    if not answers_for(session, row):
        raise DomainError("not_your_page", kind="forbidden")


@bp.post("/ke-hoach/<int:plan_id>/ban-hanh")
@coordinating
def publish_plan(plan_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            _check_may_publish(session, seen_plan(session, plan_id)[0])
            revision = given_number("revision") or 0
            publish(session, PublishPlan(plan_id, by=staff_actor(), now=now(), revision=revision))
    except DomainError as refusal:
        if refusal.kind != "conflict":
            raise
        with transaction() as session:
            return _page(session, plan_id, "ban-do", explain(refusal, language())), 409
    flash(_("Đã ban hành. Bưu tá thấy tuyến của mình; người dân được báo tin."), "good")
    return redirect(url_for("coordinators.plan", plan_id=plan_id), 303)

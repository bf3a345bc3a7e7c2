"""Each procedure's public page: how to file online, what the post can carry, what the counter helps with, the papers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.checklist import BY_POST
from app.models import Procedure, RequiredPaper
from app.queries.reference import procedures as find
from app.services.documents import leaflet as documents
from app.web.addresses import public_url
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.citizens.presenting import duration, level_name, paper_item, where_else, why_not
from app.web.i18n import dong
from app.web.i18n import gettext as _
from app.web.limits import looks
from app.web.session import language, now, settings, transaction

ONLINE_ONLY = "online_only"


@bp.get("/thu-tuc/")
@public
def procedures() -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:80]
    with transaction() as session:
        found = find.search(session, words)
    return render_template("citizens/procedures.html", procedures=found, words=words, instead=where_else(found, words))


@bp.get("/thu-tuc/<code>")
@public
def procedure(code: str) -> ResponseReturnValue:
    with transaction() as session:
        row = find.by_code(session, code)
    return render_template(
        "citizens/procedure.html",
        procedure=row,
        refusal=why_not(row),
        facts=_facts(row),
        always=_items(code, (paper for paper in row.papers if set(paper.case_keys) <= {BY_POST})),
        by_case=_by_case(row),
        online_only=_items(code, (paper for paper in row.papers if ONLINE_ONLY in paper.case_keys)),
    )


@bp.get("/thu-tuc/<code>/to-roi.pdf")
@public
@looks
def leaflet(code: str) -> ResponseReturnValue:
    """The page as a sheet to print and pin up, with a QR that leads back here."""
    with transaction() as session:
        pdf = documents.render(session, code, settings().base_url, local_day(now()), language())
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{code}.pdf"'})


def _items(code: str, papers: Iterable[RequiredPaper]) -> list[dict[str, Any]]:
    return [paper_item(paper, code) for paper in papers]


def _by_case(procedure: Procedure) -> list[dict[str, Any]]:
    """The papers of each answer a case question may get, in the order of the questions."""
    groups = []
    for question in procedure.cases:
        for option in question["options"]:
            papers = _items(procedure.code, (paper for paper in procedure.papers if option["key"] in paper.case_keys))
            if papers:
                groups.append({"label": option["label"], "papers": papers})
    return groups


def _facts(procedure: Procedure) -> list[dict[str, str]]:
    fee = _("Chưa rõ hoặc do tỉnh quy định; bộ phận một cửa sẽ báo. Bưu tá không thu khoản này")
    if procedure.state_fee is not None:
        fee = dong(procedure.state_fee) if procedure.state_fee else _("Không thu lệ phí")
    where = level_name(procedure)
    if procedure.boundary_free:
        where = _("%(level)s; nộp ở bộ phận một cửa nào trong tỉnh cũng được", level=where)
    return [
        {"label": _("Thời gian giải quyết"), "value": duration(procedure)},
        {"label": _("Lệ phí nhà nước"), "value": fee},
        {"label": _("Cấp giải quyết"), "value": where},
        {"label": _("Kết quả"), "value": "; ".join(procedure.results)},
        {"label": _("Địa chỉ trang này"), "value": public_url("citizens.procedure", code=procedure.code)},
    ]

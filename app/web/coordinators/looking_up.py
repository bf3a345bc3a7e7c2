"""One search for all of a coordinator's pages: what somebody says on the telephone, sent in the body, never in an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.lookup import LONGEST, Sought, read_sought
from app.queries.tracking.lookup import FoundBy, FoundCourier, FoundRequest, LookupResult, look_up
from app.services import audit
from app.texts.slots import slot_label
from app.web.auth import staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction


@bp.get("/tim")
@coordinating
def looking_up() -> ResponseReturnValue:
    return _page("", LookupResult())


@bp.post("/tim")
@coordinating
def looked_up() -> ResponseReturnValue:
    """The page of whoever has no script, or pressed Enter; what is the only one is opened."""
    typed, found = _found()
    hits = _hits(typed, found)
    if len(hits) == 1 and found.requests:
        return redirect(hits[0].href, 303)
    return _page(typed, found), (200 if found else 404)


@bp.post("/tim/nhanh")
@coordinating
def looked_up_quickly() -> ResponseReturnValue:
    """The same for the list under the field while somebody types."""
    typed, found = _found()
    more = _("Còn nhiều hơn nữa. Xin gõ thêm để thu hẹp.") if found.more else ""
    none = "" if found else _("Không tìm thấy. Xin thử mã, bốn số cuối điện thoại, hoặc họ tên.")
    return {"hits": [asdict(hit) for hit in _hits(typed, found)], "said": more or none}


@dataclass(frozen=True, slots=True)
class LookupLine:
    """One line of the list."""

    href: str
    kind: str
    head: str
    lines: Sequence[str]


def _found() -> tuple[str, LookupResult]:
    typed = request.form.get("q", "")[:LONGEST]
    with transaction() as session:
        found = look_up(session, read_sought(typed), local_day(now()), visible_office_ids())
        if found.requests:
            shown = [str(hit.request.id) for hit in found.requests]
            audit.record(
                session, staff_actor(), "requests.looked_up", "lookup", found.requests[0].by, now(), shown=shown
            )
    return typed, found


def _page(typed: str, found: LookupResult) -> str:
    errors = {"q": _("Không tìm thấy. Xin thử mã, bốn số cuối điện thoại, hoặc họ tên.")} if typed and not found else {}
    return render_template(
        "coordinators/lookup.html", wanted=typed, hits=_hits(typed, found), more=found.more, errors=errors
    )


def _hits(typed: str, found: LookupResult) -> list[LookupLine]:
    sought = read_sought(typed)
    return [
        *(_of_request(one, sought) for one in found.requests),
        *(LookupLine(_who_works(one.id), _("Bưu cục"), one.name, [one.address]) for one in found.offices),
        *map(_of_courier, found.couriers),
    ]


def _of_request(hit: FoundRequest, sought: Sought) -> LookupLine:
    """By a dossier's code it leads to the page that says whose the result is, where nobody has confirmed that."""
    row, slot = hit.request, hit.visit.slot if hit.visit is not None else None
    when = slot_label(slot.kind, slot.starts_at, slot.ends_at, language()) if slot is not None else ""
    ours = hit.by is not FoundBy.CODE or (sought.reference and row.reference.startswith(sought.reference))
    href = (
        url_for("coordinators.show_request", reference=row.reference)
        if ours
        else url_for("coordinators.find_request", ma=sought.code)
    )
    lines = [f"{row.reference} · {row.place.unit.name}", row.place.address or "", when]
    return LookupLine(href, _("Yêu cầu"), row.applicant.name or _("Đã xóa tên"), [line for line in lines if line])


def _of_courier(hit: FoundCourier) -> LookupLine:
    rides = hit.route_id is not None
    href = url_for("coordinators.route", route_id=hit.route_id) if rides else _who_works(hit.courier.office_id)
    said = _("Đi tuyến hôm nay") if rides else _("Hôm nay không có tuyến")
    return LookupLine(href, _("Bưu tá"), hit.courier.name or "", [hit.courier.office.name, said])


def _who_works(office_id: int) -> str:
    return url_for("coordinators.staffing", _anchor=f"office-{office_id}")

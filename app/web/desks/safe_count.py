"""The counter counts its safe when whoever stands above asks: scanned down to zero, nothing listed."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import SafeCount
from app.queries.desks.holdings import held_by
from app.queries.desks.safe_counts import open_count
from app.services.desks import safe_counts
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import counter_bp, errors_of_scan, here, own_office, scanned_codes
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@counter_bp.get("/kiem-tu")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def safe_count_page() -> ResponseReturnValue:
    return _page({})


@counter_bp.post("/kiem-tu")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def safe_count_action() -> ResponseReturnValue:
    try:
        with transaction() as session:
            count = safe_counts.count_safe(
                session,
                safe_counts.CountSafe(
                    surprise_id=request.form.get("surprise_id", 0, type=int),
                    office_id=own_office(),
                    codes=scanned_codes(),
                    looked_again=bool(request.form.get("fewer")),
                    by=staff_actor(),
                    now=now(),
                ),
            )
            even = isinstance(count, SafeCount) and not (count.missing or count.strange)
        if isinstance(count, DomainError):
            raise count  # only now: what was scanned at first is kept
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(errors_of_scan(refusal), refused=refusal.code), 422
    if even:
        flash(_("Đã kiểm tủ: khớp với sổ."), "good")
    else:
        flash(_("Đã kiểm tủ: có chỗ chưa khớp, được nêu trong sổ ngày."), "bad")
    return redirect(url_for("counter.day_book_page", ngay=local_day(now()).isoformat()), 303)


def _page(errors: dict[str, str], *, refused: str = "") -> str:
    with transaction() as session:
        return render_template(
            "desks/safe_count.html",
            asked=open_count(session, own_office()),
            awaited=len(held_by(session, here())),
            refused=refused,
            given=request.form,
            errors=errors,
        )

"""An administrator takes a lost second factor off: the page that asks why, and the act."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.services.staff import factor_resets
from app.services.staff.factor_resets import FactorLoss
from app.texts.access import FACTOR_LOSSES
from app.web.auth import current_staff, staff
from app.web.errors import by_field, status_of
from app.web.i18n import gettext as _
from app.web.session import transaction, wall
from app.web.staff.blueprint import bp
from app.web.staff.people import account_to_run


@bp.get("/tai-khoan/nguoi-dung/<int:account_id>/buoc-hai")
@staff(Role.ADMIN)
def factor_reset_page(account_id: int) -> ResponseReturnValue:
    return _page(account_id, {})


@bp.post("/tai-khoan/nguoi-dung/<int:account_id>/buoc-hai")
@staff(Role.ADMIN)
def factor_reset_action(account_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            account = account_to_run(session, account_id)
            factor_resets.take_off(session, account, request.form.get("reason", ""), current_staff(), wall())
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        return _page(account_id, by_field(refusal)), status_of(refusal)
    flash(_("Đã gỡ bước hai. Người đó đăng nhập bằng mật khẩu rồi đăng ký lại bước hai."), "good")
    return redirect(url_for("staff.people_page"), 303)


def _page(account_id: int, errors: dict[str, str]) -> str:
    with transaction() as session:
        account = account_to_run(session, account_id)
        if not factor_resets.may_take_off(current_staff(), account):
            raise DomainError("not_found", kind="not_found")
        return render_template(
            "staff/factor_reset.html",
            person=account,
            losses=[{"value": one.value, "label": _(FACTOR_LOSSES[one.value])} for one in FactorLoss],
            chosen=request.form.get("reason", ""),
            errors=errors,
        )

"""Accounts of an office (managers) or of all (administrators): opened, given a role, closed, a link for a forgotten password."""

from __future__ import annotations

from math import ceil

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.errors import DomainError
from app.domain.identity import Role, parse_phone
from app.domain.wording import folded, tidy, whole_number
from app.models import Desk, Office, StaffAccount
from app.services.documents.qr import qr_image
from app.services.staff import factor_resets, granting, resets
from app.services.staff.accounts import OpenAccount
from app.services.staff.passwords import NO_PASSWORD
from app.texts import explain
from app.web.addresses import public_url
from app.web.auth import current_staff, staff, visible_office_ids
from app.web.errors import by_field, status_of
from app.web.i18n import gettext as _
from app.web.session import keys, language, now, transaction, wall
from app.web.staff.blueprint import bp

LONGEST_NAME = 120
A_PAGE = 50
MISPLACED = frozenset({"account_option_missing", "account_option_refused"})


@bp.get("/tai-khoan/nguoi-dung")
@staff(Role.OFFICE_MANAGER)
def people_page() -> ResponseReturnValue:
    me = current_staff()
    words = tidy(request.args.get("q"), LONGEST_NAME)
    with transaction() as session:
        visible = visible_office_ids()
        here = () if visible is None else (StaffAccount.office_id.in_(visible),)
        wanted = select(StaffAccount).where(StaffAccount.active, *here)
        places = (joinedload(StaffAccount.office), joinedload(StaffAccount.desk))
        people = session.scalars(wanted.options(*places).order_by(StaffAccount.username)).all()
    mine = [one for one in people if resets.may_reset(me, one) and _works_at(one, words)]
    pages = max(1, ceil(len(mine) / A_PAGE))
    page = min(max(1, whole_number(request.args.get("trang", "")) or 1), pages)
    by_file = me.role is Role.ADMIN
    return render_template(
        "staff/people.html",
        lines=[
            (one, granting.roles_to_give(me, one), factor_resets.may_take_off(me, one))
            for one in mine[(page - 1) * A_PAGE : page * A_PAGE]
        ],
        words=words,
        page=page,
        pages=pages,
        by_file=by_file,
        places_by_file=by_file and me.office_id is None,
    )


def _works_at(one: StaffAccount, words: str) -> bool:
    """Looked for by place, for what is asked stands in the address: nobody's name does. However accented."""
    place = one.office or one.desk
    return not words or (place is not None and folded(words) in folded(f"{place.name} {place.code}"))


@bp.get("/tai-khoan/nguoi-dung/moi")
@staff(Role.OFFICE_MANAGER)
def new_account_page() -> ResponseReturnValue:
    return _new_account_page({})


def _new_account_page(errors: dict[str, str]) -> str:
    me = current_staff()
    offices: list[Office] = []
    desks: list[Desk] = []
    if me.office_id is None:
        with transaction() as session:
            offices = list(session.scalars(select(Office).where(Office.closed_at.is_(None)).order_by(Office.name)))
            desks = list(session.scalars(select(Desk).where(Desk.closed_at.is_(None)).order_by(Desk.name)))
    return render_template(
        "staff/new_account.html", errors=errors, roles=granting.may_open(me), offices=offices, desks=desks
    )


@bp.post("/tai-khoan/nguoi-dung/moi")
@staff(Role.OFFICE_MANAGER)
def open_account_action() -> ResponseReturnValue:
    """Nobody thinks up a password for somebody else: the link lets the newcomer choose."""
    try:
        command = _command(current_staff())
        with transaction() as session:
            account, token = granting.open_with_link(session, command, current_staff(), wall(), keys())
    except DomainError as refusal:
        errors = by_field(refusal)
        said = misplaced(refusal)
        if said:
            errors = {str(refusal.field): said}
        return _new_account_page(errors), status_of(refusal)
    return _link_page(account, token)


def misplaced(refusal: DomainError) -> str:
    """What a page says where the sentence names an option of the terminal; else nothing."""
    if refusal.code not in MISPLACED:
        return ""
    missing = refusal.code == "account_option_missing"
    return _("Vai trò này cần điền ô này.") if missing else _("Vai trò này để trống ô này.")


def _command(me: StaffAccount) -> OpenAccount:
    """Raises `phone_malformed`, `role_not_yours`."""
    given = {
        name: request.form.get(name, "").strip() for name in ("username", "name", "role", "office", "desk", "phone")
    }
    if given["role"] not in set(Role):
        raise DomainError("role_not_yours", kind="invalid", field="role")
    role = Role(given["role"])
    return OpenAccount(
        username=given["username"],
        name=tidy(given["name"], LONGEST_NAME),
        role=role,
        password_hash=NO_PASSWORD,
        by=f"staff:{me.id}",
        now=now(),
        office=me.office.code if me.office is not None else given["office"] or None,
        desk=given["desk"] or None,
        phone=parse_phone(given["phone"]) if given["phone"] else None,
    )


@bp.post("/tai-khoan/nguoi-dung/<int:account_id>/dat-lai")
@staff(Role.OFFICE_MANAGER)
def make_reset(account_id: int) -> ResponseReturnValue:
    """The link is shown on this page and nowhere else: it is not kept, and not in any address of ours before it is opened."""
    try:
        with transaction() as session:
            account = account_to_run(session, account_id)
            token = resets.make(session, account, current_staff(), wall(), keys())
    except DomainError as refusal:
        if refusal.kind != "conflict":
            raise
        flash(explain(refusal, language()), "bad")
        return redirect(url_for("staff.people_page"), 303)
    return _link_page(account, token)


@bp.post("/tai-khoan/nguoi-dung/<int:account_id>/vai-tro")
@staff(Role.OFFICE_MANAGER)
def give_role_action(account_id: int) -> ResponseReturnValue:
    given = request.form.get("role", "")
    with transaction() as session:
        account = account_to_run(session, account_id)
        if given not in set(Role):
            raise DomainError("role_not_yours", kind="invalid", field="role")
        granting.give_role(session, account, Role(given), current_staff(), wall())
    flash(_("Đã đổi vai trò. Người đó đăng nhập lại là dùng được."), "good")
    return redirect(url_for("staff.people_page"), 303)


@bp.post("/tai-khoan/nguoi-dung/<int:account_id>/dong")
@staff(Role.OFFICE_MANAGER)
def close_account_action(account_id: int) -> ResponseReturnValue:
    try:
        with transaction() as session:
            granting.close(session, account_to_run(session, account_id), current_staff(), now())
    except DomainError as refusal:
        if refusal.kind != "conflict":
            raise
        flash(explain(refusal, language()), "bad")  # a courier with envelopes: hand over first, then come back
        return redirect(url_for("staff.people_page"), 303)
    flash(_("Đã đóng tài khoản. Mọi nơi đang đăng nhập bằng tài khoản đó đã đăng xuất."), "good")
    return redirect(url_for("staff.people_page"), 303)


def account_to_run(session: Session, account_id: int) -> StaffAccount:
    """Locked. Raises `not_found`."""
    account = session.get(StaffAccount, account_id, with_for_update=True)
    if account is None:
        raise DomainError("not_found", kind="not_found")
    return account


def _link_page(account: StaffAccount, token: str) -> str:
    link = public_url("staff.reset_page", token=token)
    until = wall() + resets.LIVES
    return render_template("staff/reset_link.html", person=account, link=link, qr=qr_image(link), until=until)

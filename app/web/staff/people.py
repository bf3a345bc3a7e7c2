"""Accounts of an office (managers) or of all (administrators): a link for whoever has forgotten the password."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.models import StaffAccount
from app.services.documents.qr import qr_image
from app.services.staff import resets
from app.web.addresses import public_url
from app.web.auth import current_staff, staff, visible_office_ids
from app.web.session import keys, transaction, wall
from app.web.staff.blueprint import bp


@bp.get("/tai-khoan/nguoi-dung")
@staff(Role.OFFICE_MANAGER)
def people_page() -> ResponseReturnValue:
    me = current_staff()
    with transaction() as session:
        visible = visible_office_ids()
        here = () if visible is None else (StaffAccount.office_id.in_(visible),)
        wanted = select(StaffAccount).where(StaffAccount.active, *here)
        places = (joinedload(StaffAccount.office), joinedload(StaffAccount.desk))
        people = session.scalars(wanted.options(*places).order_by(StaffAccount.username)).all()
    lines = [one for one in people if resets.may_reset(me, one)]
    return render_template("staff/people.html", lines=lines)


@bp.post("/tai-khoan/nguoi-dung/<int:account_id>/dat-lai")
@staff(Role.OFFICE_MANAGER)
def make_reset(account_id: int) -> ResponseReturnValue:
    """The link is shown on this page and nowhere else: it is not kept, and not in any address of ours before it is opened."""
    with transaction() as session:
        account = session.get(StaffAccount, account_id, with_for_update=True)
        if account is None:
            raise DomainError("not_found", kind="not_found")
        token = resets.make(session, account, current_staff(), wall(), keys())
    link = public_url("staff.reset_page", token=token)
    until = wall() + resets.LIVES
    return render_template("staff/reset_link.html", person=account, link=link, qr=qr_image(link), until=until)

"""One-person offices: which they are, what no second hand has covered yet, and the way to their day's book, signed from afar."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.clock import local_day
from app.domain.identity import Role
from app.models import Office
from app.queries.custody.one_person import one_person_offices, uncovered, who_may_stand_alone
from app.queries.desks.signed_alone import not_looked_at, unsigned_safes
from app.queries.visible import Offices
from app.services.custody.one_person import end_one_person, name_one_person
from app.web.auth import check_office, current_staff, staff, staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating
from app.web.i18n import gettext as _
from app.web.session import now, transaction

A_DAY = timedelta(days=1)


@bp.get("/mot-nguoi")
@coordinating
def one_person_page() -> ResponseReturnValue:
    visible: Offices = visible_office_ids()
    today = local_day(now())
    with transaction() as session:
        alone = one_person_offices(session, visible)
        ids, named = {one.office_id for one in alone}, {one.courier_id for one in alone}
        lines, cash = uncovered(session, visible), not_looked_at(session, visible)
        left_open = {line.office_id for line in lines} | {row.office_id for row in cash}
        left_open -= ids  # one person's no longer
        others = [one for one in who_may_stand_alone(session, visible) if one.id not in named]
        return render_template(
            "coordinators/one_person.html",
            alone=alone,
            others=[{"value": one.id, "label": f"{one.office.name}: {one.name}"} for one in others],
            before=session.scalars(select(Office).where(Office.id.in_(left_open)).order_by(Office.name)).all(),
            lines={number: [line for line in lines if line.office_id == number] for number in ids | left_open},
            money={number: [row for row in cash if row.office_id == number] for number in ids | left_open},
            old=now() - A_DAY,
            local_day=local_day,
            days=[{"day": day, "unsigned": unsigned_safes(session, ids, day)} for day in (today - A_DAY, today)],
            above=current_staff().role is not Role.OFFICE_MANAGER,
        )


@bp.post("/mot-nguoi")
@staff(Role.COORDINATOR)
def mark_one_person_action() -> ResponseReturnValue:
    """A courier is named; or, with an office alone, nobody is any longer."""
    courier_id = request.form.get("courier_id", 0, type=int)
    with transaction() as session:
        if courier_id:
            office = name_one_person(session, courier_id, staff_actor(), now())
        else:
            office = end_one_person(session, request.form.get("office_id", 0, type=int), staff_actor(), now())
        check_office(office.id)
        name = office.name
    if courier_id:
        flash(_("%(office)s: từ nay người được nêu tên ký một lần, được đánh dấu.", office=name), "good")
    else:
        flash(_("%(office)s: từ nay hai bên cùng ký.", office=name), "good")
    return redirect(url_for("coordinators.one_person_page"), 303)

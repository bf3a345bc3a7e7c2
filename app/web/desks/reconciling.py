"""At 16:30 the desk's day beside the one-stop software's: one file or one scan, each difference with what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.clock import LOCAL, local_day
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.one_stop_file import ORDER, ToldLine, Unread, is_heading, read_lines
from app.models import Desk
from app.queries.desks.one_stop_day import compare, is_told
from app.services.desks import one_stop_day
from app.services.desks.one_stop_day import DeskDayTeller
from app.services.outbox import links
from app.texts import explain, say
from app.texts.one_stop import DIFFERENCES
from app.unit_of_work import UnitOfWork
from app.web.auth import staff, staff_actor
from app.web.desks.blueprint import desk_bp, own_desk
from app.web.desks.tables import is_uploaded, lines_given
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction

CLOSES: Final = time(16, 30)


@desk_bp.context_processor
def _words_of_differences() -> dict[str, object]:
    return {"difference_word": lambda kind: say(DIFFERENCES[kind], language())}


def reconcile_now(session: UnitOfWork, moment: datetime) -> bool:
    """Is it time, and has nobody done it today? Where the exchange is joined, it tells by itself."""
    if links.enabled(session, links.ONE_STOP) or moment.astimezone(LOCAL).time() < CLOSES:
        return False
    return not is_told(session, own_desk(), local_day(moment))


@desk_bp.get("/doi-chieu")
@staff(Role.DESK_CLERK)
def reconcile_page() -> ResponseReturnValue:
    return _page({})


@desk_bp.post("/doi-chieu")
@staff(Role.DESK_CLERK)
def reconcile_action() -> ResponseReturnValue:
    """A file, or codes scanned from appointment slips; lines that nobody can read are named and stop no other."""
    try:
        lines = read_lines(lines_given("\n".join(request.form.get("codes", "").split()), len(ORDER), is_heading))
        read = [line for line in lines if isinstance(line, ToldLine)]
        with transaction() as session:
            if read:
                one_stop_day.hear(session, read, _teller(), whole=is_uploaded())
    except DomainError as refusal:
        return _page(by_field(refusal)), 422
    unread = [line for line in lines if isinstance(line, Unread)]
    if unread:
        return _page({}, unread), 422
    flash(_("Đã đọc %(n)s dòng của một cửa.", n=len(read)), "good")
    return redirect(url_for("desks.reconcile_page"), 303)


@desk_bp.post("/doi-chieu/lay")
@staff(Role.DESK_CLERK)
def take_over_action() -> ResponseReturnValue:
    """Of one dossier, or of all whose difference is taken over as it stands."""
    with transaction() as session:
        taken, refused = one_stop_day.take_over(session, _wanted(session), _teller())
    if taken:
        flash(_("Đã ghi %(n)s hồ sơ theo một cửa.", n=taken), "good")
    for code, error in refused:
        flash(f"{code}: {explain(error, language())}", "bad")
    return redirect(url_for("desks.reconcile_page"), 303)


def _wanted(session: Session) -> Collection[UUID]:
    chosen = request.form.get("dossier_id", "")
    differences = compare(session, own_desk(), local_day(now())).differences
    return {one.dossier.id for one in differences if chosen in {"", str(one.dossier.id)}}


def _teller() -> DeskDayTeller:
    return DeskDayTeller(own_desk(), local_day(now()), staff_actor(), now())


def _page(errors: dict[str, str], unread: Sequence[Unread] = ()) -> str:
    with transaction() as session:
        compared = compare(session, own_desk(), local_day(now()))
        return render_template(
            "desks/reconcile.html",
            desk=session.get_one(Desk, own_desk()),
            day=compared,
            to_take=sum(one.taken_over for one in compared.differences),
            unread=[{"number": one.number, "text": one.text, "why": explain(one.error, language())} for one in unread],
            today=local_day(now()),
            given=request.form,
            errors=errors,
        )

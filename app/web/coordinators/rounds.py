"""The vans' rounds, entered by hand: where they call and when; a bag closed at a desk is promised for the next call."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.commands import SaveRound
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError, DomainErrors
from app.domain.timetable import Call, Timetable, read_clock
from app.domain.wording import whole_number
from app.models import Round
from app.queries.custody.parties import names_of
from app.queries.desks.rounds import all_rounds, place_codes
from app.services.desks.rounds import save_round
from app.texts.transfers import WEEKDAYS
from app.web.auth import staff_actor, visible_office_ids
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import now, transaction

MOST_CALLS: Final = 30
SPARE_LINES: Final = 4
Typed = list[tuple[str, str]]  # the lines of the form: time, place


@bp.get("/tuyen-xe")
@coordinating
def rounds_page() -> ResponseReturnValue:
    with transaction() as session:
        rounds = all_rounds(session)
        names = names_of(session, (Party(call.holder, call.holder_id) for row in rounds for call in row.calls))
        rows = [{"round": row, "calls": _named(row, names), "days": _days(row)} for row in rounds]
        return render_template("coordinators/rounds.html", rows=rows, keeps=visible_office_ids() is None)


def _check_keeper() -> None:
    """A round crosses the province: a manager sees it, a coordinator keeps it. Raises `not_found`."""
    if visible_office_ids() is not None:
        raise not_found()


def _named(row: Round, names: dict[Party, str]) -> list[tuple[str, str]]:
    return [(call.at, names.get(Party(call.holder, call.holder_id), "")) for call in row.calls]


def _days(row: Round) -> list[str]:
    return [_(WEEKDAYS[int(one["day"])]) for one in row.weekdays]


@bp.get("/tuyen-xe/moi")
@coordinating
def new_round_page() -> ResponseReturnValue:
    _check_keeper()
    with transaction() as session:
        return _form(session, None, {})


@bp.post("/tuyen-xe/moi")
@coordinating
def new_round_action() -> ResponseReturnValue:
    return _save(None)


@bp.get("/tuyen-xe/<int:round_id>")
@coordinating
def round_page(round_id: int) -> ResponseReturnValue:
    with transaction() as session:
        return _form(session, _known(session, round_id), {})


@bp.post("/tuyen-xe/<int:round_id>")
@coordinating
def round_action(round_id: int) -> ResponseReturnValue:
    return _save(round_id)


def _known(session: Session, round_id: int) -> Round:
    _check_keeper()
    row = session.get(Round, round_id)
    if row is None:
        raise not_found()
    return row


def _save(round_id: int | None) -> ResponseReturnValue:
    _check_keeper()
    try:
        with transaction() as session:
            code = save_round(session, _command(session, round_id)).code
    except DomainError as refusal:
        if refusal.kind == "not_found":
            raise
        with transaction() as session:
            row = None if round_id is None else _known(session, round_id)
            return _form(session, row, by_field(refusal)), 422
    flash(_("Đã lưu tuyến %(code)s.", code=code), "good")
    return redirect(url_for("coordinators.rounds_page"), 303)


def _command(session: Session, round_id: int | None) -> SaveRound:
    days = (whole_number(text) for text in request.form.getlist("weekdays"))
    return SaveRound(
        round_id=round_id,
        code=request.form.get("code", ""),
        name=request.form.get("name", ""),
        timetable=Timetable(frozenset(day for day in days if day is not None), _calls(session)),
        active=round_id is None or request.form.get("active") == "1",
        by=staff_actor(),
        now=now(),
    )


def _calls(session: Session) -> tuple[Call, ...]:
    """The filled lines of the form; every line that cannot be read is named at its field."""
    places = {code: party for code, (party, _name) in place_codes(session).items()}
    calls, faults = [], []
    for number, (hour, place) in enumerate(_typed(), start=1):
        if not (hour or place):
            continue
        try:
            calls.append(Call(_place(places, place, number), read_clock(hour, f"call_{number}_at")))
        except DomainError as fault:
            faults.append(fault)
    if faults:
        raise DomainErrors(faults)
    return tuple(calls)


def _place(places: dict[str, Party], typed: str, number: int) -> Party:
    """The list offers `BC-… · name`; the code alone will do."""
    party = places.get(typed.partition(" · ")[0].strip().upper(), Party(Holder.LOST))
    if party.holder is Holder.LOST:
        raise DomainError("call_place_unknown", kind="invalid", field=f"call_{number}_place", number=number)
    return party


def _typed() -> Typed:
    form = request.form
    lines = [(form.get(f"call_{n}_at", ""), form.get(f"call_{n}_place", "")) for n in range(1, MOST_CALLS + 1)]
    return [(hour.strip(), place.strip()) for hour, place in lines]


def _form(session: Session, row: Round | None, errors: dict[str, str]) -> str:
    places = place_codes(session)
    options = [f"{code} · {name}" for code, (_party, name) in places.items()]
    written = {party: f"{code} · {name}" for code, (party, name) in places.items()}
    return render_template(
        "coordinators/round.html", row=row, places=options, errors=errors, weekdays=_weekdays(), **_given(row, written)
    )


def _weekdays() -> dict[int, str]:
    return {day: _(name) for day, name in WEEKDAYS.items()}


def _given(row: Round | None, written: dict[Party, str]) -> dict[str, object]:
    """What was typed, else what stands; a few lines to spare."""
    if request.method == "POST":
        lines = _typed()
        filled = max((number for number, line in enumerate(lines, start=1) if any(line)), default=0)
        given = {name: request.form.get(name, "") for name in ("code", "name", "active")}
        days = request.form.getlist("weekdays")
    else:
        lines = [(c.at, written.get(Party(c.holder, c.holder_id), "")) for c in row.calls] if row else []
        filled = len(lines)
        given = {"code": row.code, "name": row.name, "active": "1" if row.active else ""} if row else {}
        days = [str(one["day"]) for one in row.weekdays] if row else ["1", "2", "3", "4", "5"]
    shown = min(MOST_CALLS, max(filled + SPARE_LINES, 6))
    return {"given": given, "days": days, "lines": (lines[:filled] + [("", "")] * shown)[:shown]}

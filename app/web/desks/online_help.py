"""Who comes to be helped with filing online, and what became of it; the month is counted on the same page."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.online_help import HelpState
from app.queries.desks.online_help import help_of_day, helped
from app.services.booking.online_help import settle
from app.texts.online_help import HALVES, STATES, WAYS
from app.web.auth import staff_actor, visible_office_ids
from app.web.desks.blueprint import COORDINATION, COUNTER, opened_from
from app.web.desks.days import asked_day
from app.web.i18n import gettext as _
from app.web.session import now, transaction


@opened_from("GET", "/giup-nop-truc-tuyen/", COUNTER, COORDINATION)
def helping_page() -> ResponseReturnValue:
    day = asked_day()
    with transaction() as session:
        rows = help_of_day(session, day, visible_office_ids())
        counted = helped(session, day.replace(day=1), day, visible_office_ids())
        return render_template(
            "desks/online_help.html", rows=rows, day=day,
            states={state: _(word) for state, word in STATES.items()},
            halves={half: _(word) for half, word in HALVES.items()},
            ways={way: _(word) for way, word in WAYS.items()},
            counted=[{"label": _(word), "value": counted.get(state, 0)} for state, word in STATES.items()],
            outcomes=[{"value": state.value, "label": _(word)} for state, word in STATES.items() if state != HelpState.ASKED],
        )  # fmt: skip


@opened_from("POST", "/giup-nop-truc-tuyen/", COUNTER, COORDINATION)
def helping_action() -> ResponseReturnValue:
    outcome = request.form.get("help_outcome", "")
    if outcome not in set(HelpState):
        raise DomainError("help_outcome_unknown", kind="invalid", field="help_outcome")
    with transaction() as session:
        settle(session, request.form.get("help", ""), HelpState(outcome), staff_actor(), now(), visible_office_ids())
    flash(_("Đã ghi."), "good")
    return redirect(url_for(".helping_page"), 303)

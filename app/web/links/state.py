"""How every connection is doing, at a glance; an administrator stops one or starts it again."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.queries.partners.link_state import link_states
from app.services.outbox import link_health
from app.web.auth import staff_actor
from app.web.i18n import gettext as _
from app.web.links.blueprint import acting, bp, looking, namer
from app.web.session import now, transaction


@bp.get("/")
@looking
def overview() -> ResponseReturnValue:
    with transaction() as session:
        states = link_states(session, now())
        return render_template(
            "links/overview.html",
            states=states,
            now=now(),
            named=namer(session),
            on=sum(1 for one in states if one.link.enabled),
            for_a_person=sum(one.for_a_person for one in states),
            parked=sum(one.inbox_parked for one in states),
            queued=sum(one.queued for one in states),
            oldest=min((one.oldest_at for one in states if one.oldest_at is not None), default=None),
        )


@bp.post("/<name>/tat")
@acting
def switch_off(name: str) -> ResponseReturnValue:
    return _switch(name, on=False)


@bp.post("/<name>/bat")
@acting
def switch_on(name: str) -> ResponseReturnValue:
    return _switch(name, on=True)


def _switch(name: str, *, on: bool) -> ResponseReturnValue:
    with transaction() as session:
        link_health.switch(session, name, staff_actor(), now(), on=on)
        called = namer(session)(name)
    if on:
        flash(_("Đã nối lại: %(name)s. Những gì đang chờ sẽ được gửi tiếp.", name=called), "good")
    else:
        flash(_("Đã ngắt: %(name)s. Việc mới vẫn được ghi và chờ đến khi nối lại.", name=called), "wait")
    return redirect(url_for("links.overview"), 303)

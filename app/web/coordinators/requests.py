"""Find a request by what people read out on the telephone, and its whole story. Every look is written down."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.domain.amendment import AmendableField
from app.domain.errors import DomainError
from app.domain.templates import as_kept
from app.models import Message, ServiceRequest, Slot
from app.queries.attention import offices_of_request
from app.queries.custody import state
from app.queries.custody.proof import ProofFile
from app.queries.planning.saved_trips import spared_journey
from app.queries.reference.interpreters import interpreters_for, nearest
from app.queries.tracking import requests as asked
from app.queries.tracking import told
from app.queries.tracking.attempts import AttemptRecord, visits_of
from app.queries.tracking.calls import calls_of
from app.queries.tracking.reach import ChannelRecord, CitizenReach, reach_of
from app.queries.tracking.timeline import timeline
from app.services import audit
from app.texts import messages, say
from app.texts.messages import why_in_words
from app.texts.phone_proofs import PHONE_PROOFS
from app.texts.proof import AMENDED, CODES, FILES, RELATIONS
from app.texts.slots import slot_label
from app.texts.tongues import TONGUES
from app.web.auth import staff_actor, visible_office_ids
from app.web.citizens import tracked
from app.web.coordinators.blueprint import bp, coordinating, not_found
from app.web.i18n import gettext as _
from app.web.i18n import number
from app.web.links.blueprint import may_look
from app.web.session import language, now, transaction

LONGEST = 40


@bp.get("/yeu-cau")
@coordinating
def find_request() -> ResponseReturnValue:
    wanted = request.args.get("ma", "").strip()[:LONGEST]
    if not wanted:
        return redirect(url_for("coordinators.looking_up"))
    with transaction() as session:
        asking = [one for one in asked.bearing(session, wanted) if _may_see(session, one.request)]
        sole = asking[0] if len(asking) == 1 and asking[0].confirmed else None
        reference = sole.request.reference if sole is not None else _reference(session, wanted)
    if asking and sole is None:  # whose the result is nobody has confirmed: whoever calls says which request is theirs
        return render_template("coordinators/find_request.html", wanted=wanted, errors={}, asking=asking)
    if reference is None:
        errors = {"q": _("Không có yêu cầu, hồ sơ hay bưu gửi nào mang mã %(code)s. Xin kiểm tra lại mã.", code=wanted)}
        return render_template("coordinators/find_request.html", wanted=wanted, errors=errors, asking=[]), 404
    return redirect(url_for("coordinators.show_request", reference=reference))


def _reference(session: Session, wanted: str) -> str | None:
    """The request of this reference, or of the envelope with this code."""
    try:
        return seen_request(session, wanted).reference
    except DomainError:
        parcel = state.parcel_by_code(session, wanted.replace(" ", "").upper())
        if parcel is None or not _may_see(session, parcel.dossier.request):
            return None
        return parcel.dossier.request.reference


def seen_request(session: Session, reference: str) -> ServiceRequest:
    """Raises `not_found`, also for a request of offices that this account does not see."""
    found = asked.by_reference(session, reference)
    if not _may_see(session, found):
        raise not_found()
    return found


def _may_see(session: Session, found: ServiceRequest) -> bool:
    visible = visible_office_ids()
    return visible is None or not visible.isdisjoint(offices_of_request(session, found))


@bp.get("/yeu-cau/<reference>")
@coordinating
def show_request(reference: str) -> ResponseReturnValue:
    with transaction() as session:
        found = seen_request(session, reference)
        audit.record(session, staff_actor(), "request.viewed", "service_request", found.id, now())
        errands, story = asked.errands_of(session, found), timeline(session, found, now(), language())
        return render_template(
            "coordinators/request.html",
            row=found,
            errands=errands,
            story=story,
            journeys={errand.id: spared_journey(session, errand.id) for errand in errands},
            when={errand.id: _when(errand.slot) for errand in errands},
            can_move={errand.id for errand in errands if tracked.can_move(errand, now())},
            can_cancel={errand.id for errand in errands if tracked.can_cancel(errand, now())},
            visits=visits_of(session, errands),
            calls=calls_of(session, [errand.id for errand in errands]),
            told=told.of_request(session, found),
            **_spoken(session, found),
            reach=reach_of(session, found),
            reach_words=_reach_words,
            as_kept=as_kept,
            came_to=_came_to,
            sees_exchange=may_look(),
            worded=_worded,
            amended=_amended,
            unconfirmed={one.dossier_id: one.code for one in story.stories if one.unconfirmed},
            phone_proof=say(PHONE_PROOFS[found.phone_proof], language()),
            relation=lambda key: say(RELATIONS[key], language()) if key in RELATIONS else "",
        )


def _spoken(session: Session, found: ServiceRequest) -> dict[str, object]:
    """What is spoken at home, and who may be called to translate."""
    known = interpreters_for(session, {found.tongue})
    return {
        "tongue": say(TONGUES[found.tongue], language()) if found.tongue is not None else "",
        "interpreter": nearest(known, found.tongue, found.place.unit_code),
    }


def _worded(of: AttemptRecord | ProofFile) -> str:
    """What a file shows, or what the code of a visit came to."""
    if isinstance(of, ProofFile):
        return say(FILES[of.kind], language())
    return say(CODES[of.code], language()) if of.code in CODES else ""


def _came_to(message: Message) -> str:
    """How far a message came, and why it did not come further."""
    state = say(messages.STATES[message.state], language())
    why = why_in_words(message.error, language()) if message.error and message.state == "failed" else ""
    return f"{state}: {why}" if why else state


def _reach_words(reach: CitizenReach) -> list[str]:
    """What was chosen, what each channel came to, and what to try next."""
    chosen = _("Đã chọn: %(how)s.", how=say(messages.CHOSEN[reach.chosen], language()))
    return [chosen, *map(_counted, reach.records), say(messages.NEXT[reach.next_try], language())]


def _counted(one: ChannelRecord) -> str:
    name, sent = messages.OPERATORS.get(one.channel, one.channel), number(one.sent)
    if not one.reports:
        return _("%(name)s: %(sent)s lần gửi, bên gửi không báo đã đến hay chưa.", name=name, sent=sent)
    return _(
        "%(name)s: %(arrived)s tin đã đến, %(failed)s tin không đến, trong %(sent)s lần gửi.",
        name=name,
        arrived=number(one.arrived),
        failed=number(one.failed),
        sent=sent,
    )


def _amended(name: AmendableField, text: str) -> str:
    """The new words under the name of their field."""
    shown = say(RELATIONS[text], language()) if text in RELATIONS else text
    return f"{say(AMENDED[name], language())}: {shown}"


def _when(slot: Slot | None) -> str:
    return slot_label(slot.kind, slot.starts_at, slot.ends_at, language()) if slot is not None else ""

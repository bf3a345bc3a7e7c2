"""A request as its tracking page shows it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import LOCAL, local_day
from app.domain.errand import ErrandKind, ErrandState
from app.domain.identity import is_landline
from app.domain.journey import SparedJourney
from app.domain.named_receiver import CHANGEABLE, ReceiverMatch
from app.domain.tariff import Discount, PricePart
from app.models import Charge, Errand, ServiceRequest
from app.queries.planning.route_progress import ahead_of
from app.queries.planning.saved_trips import spared_journey
from app.queries.tracking import payments, requests
from app.queries.tracking.attempts import AttemptRecord, initials, visits_of
from app.queries.tracking.browsers import endpoints_of
from app.queries.tracking.dossier_steps import TrackingStep
from app.queries.tracking.missed import MissedVisit, missed
from app.queries.tracking.paid import paid_amounts
from app.queries.tracking.timeline import Story, timeline
from app.services.booking import errands, receivers
from app.services.evidence.viewing import CITIZEN_SEES
from app.texts import say
from app.texts.ages import age
from app.texts.proof import FILES, RELATIONS
from app.texts.slots import slot_label
from app.web.auth import signed_in_phone
from app.web.citizens import state_fee, transferring
from app.web.citizens.presenting import bases, part_label, why_less
from app.web.citizens.sources import sources_of
from app.web.i18n import dong, kilometres, local_moment
from app.web.i18n import gettext as _
from app.web.whom_to_call import call_at

PROMISED = frozenset({ErrandState.SCHEDULED, ErrandState.PLANNED, ErrandState.UNDER_WAY})
AHEAD = PROMISED | {ErrandState.REQUESTED}
ON_THE_ROUTE = frozenset({ErrandState.PLANNED, ErrandState.UNDER_WAY})


def prices(session: Session, row: ServiceRequest) -> list[tuple[str, str]]:
    """Each part as on the page, in words: for the sheet."""
    charges = session.scalars(select(Charge).where(Charge.request_id == row.id).order_by(Charge.id)).all()
    paid = paid_amounts(session, charges)
    about = _names(row)
    return [_in_words(_charge(charge, paid.get(charge.id), _about(about, charge))) for charge in charges]


def _in_words(shown: dict[str, Any]) -> tuple[str, str]:
    if shown.get("amount") is not None:
        amount = dong(shown["amount"])
    elif "low" not in shown:
        amount = ""
    elif shown["low"] == shown["high"]:
        amount = dong(shown["low"])
    else:
        amount = _("từ %(low)s đến %(high)s", low=dong(shown["low"]), high=dong(shown["high"]))
    return str(shown["label"]), "; ".join(filter(None, (amount, shown["note"])))


def present(session: Session, row: ServiceRequest, now: datetime, language: str) -> dict[str, Any]:
    visits = list(requests.errands_of(session, row))
    told = timeline(session, row, now, language)
    left = visits_of(session, visits)
    charges = session.scalars(select(Charge).where(Charge.request_id == row.id).order_by(Charge.id)).all()
    paid = paid_amounts(session, charges)
    about = _names(row)
    unsettled = payments.unsettled_of(session, row)
    return {
        "row": row,
        "stories": [_story(story, language, closed=told.closed) for story in told.stories],
        "unconfirmed": {story.dossier_id: story.code for story in told.stories if story.unconfirmed},
        "checked_until": told.checked_until,
        "instead": instead(row, language),
        "can_sign_in": any(can_sign_in(phone) for phone in (row.applicant.phone, row.helper_phone)),
        "for_applicant": _for_applicant(row),
        "visits": [
            _visit(visit, now, language, within_reach=errands.reach_of(session, visit, now) is not None)
            | {
                "ahead": _ahead(session, visit, now, language),
                "proof": _proof(visit, left[visit.id], language),
                "failed": _failed(visit, left[visit.id], language),
            }
            for visit in visits
        ],
        "parts": [_charge(charge, paid.get(charge.id), _about(about, charge)) for charge in charges],
        "transfer": transferring.transfer_of(session, row, now),
        "by_carrier": _by_carrier(visits, charges),
        "payments": payments.payments_of(session, row),
        "unsettled": unsettled,
        "state_fee": state_fee.of_charges(charges, visits),
        "bases": bases(charges),
        "journeys": [spared for visit in visits if (spared := _journey(session, visit))],
    }


def notices_of(session: Session, row: ServiceRequest, key: str | None) -> dict[str, str] | None:
    """What a browser needs to allow notices; None: nobody sends them. Of those that did, the page has their marks alone."""
    if key is None:
        return None
    marks = [hashlib.sha256(one.encode()).hexdigest() for one in endpoints_of(session, row.id)]
    return {"key": key, "browsers": " ".join(marks)}


def _story(story: Story, language: str, *, closed: bool) -> dict[str, Any]:
    """One dossier: who holds it, who acts next, the steps; the newest one done is marked as now."""
    done = [index for index, step in enumerate(story.steps) if step.state != "ahead"]
    newest = done[-1] if done and not closed else None
    return {
        "title": story.title,
        "code": story.code,
        "desk": story.desk,
        "due_on": story.due_on,
        "holder": story.holder.rstrip("."),
        "next_actor": story.next_actor.rstrip("."),
        "sources": sources_of(story.sources, language),
        "parcels": story.parcel_codes,
        "wanted": story.wanted,
        "fetch": story.dossier_id if story.fetchable else None,
        "steps": [_step(step, newest=index == newest) for index, step in enumerate(story.steps)],
    }


def _step(step: TrackingStep, *, newest: bool) -> dict[str, str]:
    state = {"ahead": "next", "problem": "bad"}.get(step.state, "now" if newest else "past")
    moment = step.at
    return {
        "title": step.text,
        "state": state,
        "when": local_moment(moment) if moment else "",
        "iso": moment.astimezone(LOCAL).isoformat(timespec="minutes") if moment else "",
    }


def when(errand: Errand, language: str) -> str:
    slot = errand.slot
    return slot_label(slot.kind, slot.starts_at, slot.ends_at, language) if slot is not None else ""


def _visit(errand: Errand, now: datetime, language: str, *, within_reach: bool) -> dict[str, Any]:
    late = missed(errand, now)
    return {
        "errand": errand,
        "when": when(errand, language) if errand.state in PROMISED else "",
        "late": _late(errand, late),
        "note": "" if late else _note(errand, now),
        "can_cancel": can_cancel(errand, now),
        "can_move": within_reach and can_move(errand, now),
        "again": _again(errand),
        "ask": call_at(errand.office),
        "may_name": errand.kind is ErrandKind.DELIVER and errand.state in CHANGEABLE,
    }


def can_sign_in(phone: str | None) -> bool:
    """A code reaches it: neither nobody's nor a landline."""
    return bool(phone) and not is_landline(phone or "")


def _for_applicant(row: ServiceRequest) -> bool:
    """A helper is signed in here who names nobody: the applicant's own telephone does."""
    phone = signed_in_phone()
    return phone is not None and phone == row.helper_phone and not receivers.may_name_from(row, phone)


def can_cancel(errand: Errand, now: datetime) -> bool:
    return errands.allows(errands.check_cancel, errand, now)


def can_move(errand: Errand, now: datetime) -> bool:
    return errands.allows(errands.check_move, errand, now)


def _result_ready(errand: Errand) -> bool:
    return all(dossier.result_ready_at is not None for dossier in errand.dossiers)


def _late(errand: Errand, late: MissedVisit | None) -> dict[str, str] | None:
    """Its time is over and nobody has heard of it: said plainly, with what can be done."""
    if late is None:
        return None
    title, told = {
        MissedVisit.HOURS: (
            _("Đã quá giờ hẹn, chưa có tin của bưu tá"),
            _("Xin lỗi ông/bà. Bưu tá có thể còn trên đường, hoặc máy chưa có sóng. Muốn biết ngay, xin %(ask)s."),
        ),
        MissedVisit.ON_THE_ROAD: (
            _("Chưa có tin về lần hẹn đã qua"),
            _("Xin lỗi ông/bà. Bưu tá chưa báo về lần hẹn này. Nếu bưu tá đã không đến, xin %(ask)s để hẹn lại."),
        ),
        MissedVisit.DAY: (
            _("Bưu tá đã không đến theo hẹn"),
            _(
                "Xin lỗi ông/bà. Xin chọn giờ khác bên dưới, hoặc %(ask)s. Nếu giấy tờ đã trao cho bưu tá, cũng xin báo ngay."
            ),
        ),
    }[late]
    return {"title": title, "told": told % {"ask": call_at(errand.office)}}


def _again(errand: Errand) -> dict[str, str] | None:
    """After a collection was called off: the way back to booking, with what was chosen then."""
    if (
        errand.state is not ErrandState.CANCELLED
        or errand.kind is not ErrandKind.COLLECT
        or errand.only_lines is not None
    ):
        return None
    codes = [dossier.procedure.code for dossier in errand.dossiers]
    return {"kind": errand.request.kind.value, "procedure": codes[0] if len(codes) == 1 else ""}


def _ahead(session: Session, errand: Errand, now: datetime, language: str) -> str:
    """On the day: how many doors come first, as far as the courier's phone has told; at the next door about how long."""
    today = local_day(now)
    if errand.slot is None or errand.slot.day != today or errand.state not in ON_THE_ROUTE:
        return ""
    ahead = ahead_of(session, errand, today)
    if ahead is None:
        return ""
    if not ahead.started:
        return _("Bưu tá chưa báo đã xuất phát.")
    heard = age(ahead.heard_at, now, language) if ahead.heard_at is not None else ""
    if not ahead.stops:
        told = " ".join(
            filter(None, (_("Nhà ông/bà là điểm tiếp theo của bưu tá."), minutes_left(ahead.arrives_at, now)))
        )
    else:
        told = _("Bưu tá còn %(n)s điểm trước nhà ông/bà.", n=ahead.stops)
    if not heard:
        return told
    said = _("Tin từ máy bưu tá: %(age)s.", age=heard)
    return f"{told} {said}"


ROUNDED_TO, GIVE_OR_TAKE = 5, 10  # minutes


def minutes_left(arrives_at: datetime | None, now: datetime) -> str:
    """From so many to so many minutes, never one: the road decides."""
    if arrives_at is None:
        return ""
    left = int((arrives_at - now).total_seconds() // 60) // ROUNDED_TO * ROUNDED_TO
    if left < ROUNDED_TO:
        return _("Bưu tá sắp đến.")
    return _("Còn khoảng %(low)s đến %(high)s phút.", low=left, high=left + GIVE_OR_TAKE)


def _proof(errand: Errand, visits: Sequence[AttemptRecord], language: str) -> dict[str, Any] | None:
    """After the papers changed hands: when, which envelope under which seal, by what right it was taken; no name."""
    done = next((visit for visit in reversed(visits) if visit.label is None), None)
    if done is None:
        return None
    relation = done.receiver_relation
    return {
        "when": local_moment(done.occurred_at),
        "parcels": done.parcels,
        "signed": [code for code, _seal in done.parcels] if errand.kind is ErrandKind.COLLECT else [],
        "relation": "; ".join(filter(None, (_relation(relation, language), _against_named(done.against_named)))),
        "pending": done.pending,
        "files": len(done.files),
    }


def _failed(errand: Errand, visits: Sequence[AttemptRecord], language: str) -> dict[str, Any] | None:
    """The last try, where it failed and nothing came after: when, why, and the pictures that the citizen may open."""
    last = visits[-1] if visits else None
    if last is None or last.label is None or errand.state is ErrandState.DONE:
        return None
    return {
        "when": local_moment(last.occurred_at),
        "why": say(last.citizen_text, language) if last.citizen_text else "",
        "pictures": [
            {"sha256": file.sha256, "label": say(FILES[file.kind], language)}
            for file in last.files
            if file.kind in CITIZEN_SEES and file.arrival == "arrived"
        ],
    }


def _relation(relation: str, language: str) -> str:
    return say(RELATIONS[relation], language) if relation in RELATIONS else ""


def _against_named(match: str) -> str:
    return {
        ReceiverMatch.NAMED.value: _("đúng người ông/bà đã chỉ định"),
        ReceiverMatch.OTHER.value: _("khác người ông/bà đã chỉ định, bưu cục gọi lại để hỏi"),
    }.get(match, "")


def instead(row: ServiceRequest, language: str) -> str:
    """Who may receive instead, without the name: a link lies in many hands."""
    named = row.receiver
    if named is None or not named.name:
        return ""
    return f"{initials(named.name)}, {say(RELATIONS[named.relation], language)}"


def _note(errand: Errand, now: datetime) -> str:
    if errand.state in errands.WAITING and not can_move(errand, now):
        return _("Lịch đã chốt lúc 04:59, không đổi được nữa. Nếu vắng nhà, xin %(ask)s.", ask=call_at(errand.office))
    if errand.state is ErrandState.REQUESTED and errand.kind is ErrandKind.DELIVER and not _result_ready(errand):
        return _("Khi kết quả sẵn sàng, chúng tôi hẹn ngày và báo tin.")
    if errand.state is ErrandState.FAILED:
        return _("Lần đến vừa rồi chưa xong. Xin chọn giờ khác.")
    if errand.state is ErrandState.HELD:
        return _("Bưu cục đang giữ kết quả. Xin chọn giờ khác, hoặc đến quầy nhận.")
    return ""


def _charge(charge: Charge, paid: int | None, about: str) -> dict[str, Any]:
    label = part_label(PricePart(charge.kind, charge.direction, charge.amount, charge.upper_amount, charge.basis))
    shown: dict[str, Any] = {"label": label, "about": about, "amount": None, "note": _money_note(charge)}
    if paid is not None:
        shown |= {"amount": paid}
    elif charge.amount is not None:
        shown |= {"low": charge.amount, "high": charge.upper_amount or charge.amount}
    return shown


def _by_carrier(visits: Sequence[Errand], charges: Sequence[Charge]) -> bool:
    """Something is still to be paid to a carrier, at its own door's round: whoever transfers it pays twice."""
    theirs = {one.id for one in visits if one.executed_by != "own" and one.state in AHEAD}
    return any(one.errand_id in theirs and one.paid_at is None and one.amount for one in charges)


def _names(row: ServiceRequest) -> dict[UUID, str]:
    return {one.id: one.procedure.name for one in row.dossiers} if len(row.dossiers) > 1 else {}


def _about(names: Mapping[UUID, str], charge: Charge) -> str:
    return names.get(charge.dossier_id, "") if charge.dossier_id is not None else ""


def _money_note(charge: Charge) -> str:
    if charge.amount is None:
        return _("Bộ phận một cửa sẽ báo; bưu tá không thu khoản này")
    if charge.paid_at is not None:
        return _("Đã trả")
    return why_less(charge.kind, charge.amount, Discount(charge.discount))


def _journey(session: Session, errand: Errand) -> dict[str, str] | None:
    spared = spared_journey(session, errand.id)
    if spared is None or not worth_telling(errand, spared):
        return None
    return {
        "kind": errand.kind.value,
        "one_way": kilometres(spared.one_way_m),
        "gross": kilometres(spared.gross_m),
        "marginal": kilometres(spared.marginal_m),
        "net": kilometres(spared.net_m),
    }


def worth_telling(errand: Errand, spared: SparedJourney) -> bool:
    """Not where nothing is saved, nor without a pin: it would be the way of the commune's middle."""
    return errand.state is not ErrandState.CANCELLED and errand.place.pin_source != "unit" and spared.net_m > 0

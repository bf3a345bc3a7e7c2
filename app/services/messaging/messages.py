"""Tell a citizen something once: a row and a job in the business transaction; the worker sends it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.clock import LOCAL, at, local_day
from app.config import Keys
from app.domain.checklist import papers_of_visit
from app.domain.errand import ErrandKind, ProofKind
from app.domain.errors import DomainError
from app.domain.identity import Channel
from app.domain.preparing import to_put_ready
from app.domain.templates import CLAIM_CONFIRMED, CLAIM_DISMISSED, Template, as_kept, short, template
from app.jobs import defer, defer_all
from app.models import Dossier, Errand, Message, Office, Procedure, ServiceRequest, Slot
from app.models.message import LETTER
from app.queries.tracking.evening import untold
from app.queries.tracking.told import ON_ITS_WAY
from app.rows import as_json, from_json
from app.services import audit
from app.services.messaging import browsers, handover_codes
from app.texts import say, spoken
from app.texts.messages import AT_THE_OFFICE
from app.texts.papers import ANY_PAPERS, put_ready
from app.texts.slots import slot_in_message
from app.unit_of_work import UnitOfWork

QUIET_FROM, QUIET_TO = time(21, 0), time(7, 0)
AT_ONCE: Final = 500  # rows a statement
WITHDRAWN: Final = frozenset({"cancelled", "visit_off"})
"""Messages that take a visit out of the calendar into which an earlier letter put it."""


def tell(
    work: UnitOfWork,
    request: ServiceRequest,
    errand: Errand | None,
    template_name: str,
    now: datetime,
    trigger: str,
    **params: object,
) -> None:
    """Say `template_name` to the citizen of `request`, once a `trigger`; what a batch says is promised at its end.

    `params` are those of the template (a slot's label: `slot=messages.label(errand)`). Who can't be reached gets a row
    `not_wanted`, so that staff see what was never said.
    """
    rows = _rows(work, request, errand, template_name, now, trigger, **params)
    _promise_in_turn(work, rows, now)


def take_back(work: UnitOfWork, errand: Errand, now: datetime) -> None:
    """A letter alone, once a visit, to whoever has it in a calendar, which it leaves: it lies ahead and will not be."""
    if errand.slot is None or errand.request.applicant.email is None:
        return
    trigger = f"visit_off:{errand.id}:{errand.slot_id}"
    _message, letter = _rows(work, errand.request, errand, "visit_off", now, trigger)
    _promise_in_turn(work, [letter], now)


def _promise_in_turn(work: UnitOfWork, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """What a batch says is promised at its end."""
    if work.batch is not None:
        work.batch.messages.extend(rows)
    else:
        promise(work, rows, now)


def after_quiet(now: datetime) -> datetime | None:
    """Nobody's telephone rings between nine in the evening and seven in the morning; None: now is a good time."""
    local = now.astimezone(LOCAL).time()
    if QUIET_TO <= local < QUIET_FROM:
        return None
    day = local_day(now)
    return at(day if local < QUIET_TO else day + timedelta(days=1), QUIET_TO)


def tell_phone(
    work: UnitOfWork, phone: str, template_name: str, now: datetime, trigger: str, language: str = "vi"
) -> Message | None:
    """Say something to a telephone that belongs to no request yet (sign-in codes): somebody looks at a page and waits for it.

    Quiet hours do not apply, and its job stands in a queue of its own: an evening's three thousand messages are not before it.
    """
    chosen = template(template_name)
    row = {
        "channel": Channel.SMS,
        "recipient": phone,
        "language": language,
        "state": "queued",
        "trigger": trigger,
        "created_at": now,
    }
    return next(iter(_promise(work, [row | _said(chosen, language, {})], None, "deliver_code")), None)


def recipient_of(request: ServiceRequest) -> str | None:
    """The telephone that is called or written to: the citizen's own or the named helper's; None: nobody's."""
    if request.channel is Channel.NONE:
        return None
    return request.helper_phone if request.channel is Channel.HELPER else request.applicant.phone


def label(errand: Errand) -> str:
    """The errand's slot in the citizen's language; empty while it has none."""
    slot: Slot | None = errand.slot
    return slot_in_message(slot.kind, slot.starts_at, slot.ends_at, errand.request.language) if slot else ""


def worded(session: Session, request: ServiceRequest, template_name: str, **params: object) -> str:
    """What `tell` would write for a message about the whole request, as staff read it beforehand."""
    params |= {"reference": request.reference, "ask": _asked_at(session, request, None)}
    body: str = _said(template(template_name), request.language, params)["body"]
    return as_kept(body)


def _asked_at(session: Session, request: ServiceRequest, errand: Errand | None) -> str:
    """Whom to ask: the telephone of the office that serves this door, else that office itself."""
    if errand is not None:
        phone = errand.office.phone if errand.office.closed_at is None else None
    else:
        served = select(Office.phone).join(Errand, Errand.office_id == Office.id)
        served = served.where(Errand.request_id == request.id, Office.closed_at.is_(None))
        phone = session.scalars(served.order_by(Errand.created_at.desc(), Errand.id).limit(1)).first()
    return phone or say(AT_THE_OFFICE, request.language)


def tell_evening_before(work: UnitOfWork, day: date, now: datetime, keys: Keys, office_id: int | None = None) -> int:
    """Name tomorrow's slot to everybody who is visited on `day`; a result's hand-over code goes with it. Returns how many.

    `office_id`: only the visits of one office.

    Safe to repeat: an errand whose slot did not change is told once.
    """
    awaited = work.scalars(
        select(Errand)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(*untold(day, None if office_id is None else {office_id}))
        .options(
            contains_eager(Errand.slot),
            joinedload(Errand.request).joinedload(ServiceRequest.applicant),
            joinedload(Errand.office),
            selectinload(Errand.dossiers).joinedload(Dossier.procedure).selectinload(Procedure.papers),
        )
        .order_by(Errand.id)
    )
    everybody = awaited.all()
    parts = (everybody[start : start + AT_ONCE] for start in range(0, len(everybody), AT_ONCE))
    return sum(_tell_evening_before(work, part, now, keys) for part in parts)


def _tell_evening_before(work: UnitOfWork, errands: Sequence[Errand], now: datetime, keys: Keys) -> int:
    """A handful of statements for all of them: a province's evening is three thousand messages."""
    coded = [errand for errand in errands if errand.kind is not ErrandKind.COLLECT and errand.proof is ProofKind.CODE]
    handover_codes.issue_all(work, coded, ProofKind.CODE, now, keys)
    names = {errand.id: "evening_before_result" for errand in coded}
    rows = [
        row
        for errand in errands
        for row in _rows(
            work,
            errand.request,
            errand,
            names.get(errand.id, "evening_before"),
            now,
            f"evening_before:{errand.id}:{errand.slot_id}",
            slot=label(errand),
            **_papers(errand, names),
        )
    ]
    promise(work, rows, now)
    return len(errands)


def _papers(errand: Errand, names: Mapping[UUID, str]) -> dict[str, str]:
    """How many papers lie ready: the same count as on the page and on the slip."""
    if errand.id in names:
        return {}
    language = errand.request.language
    if errand.kind is not ErrandKind.COLLECT:
        return {"papers": say(ANY_PAPERS, language)}
    lines = [
        line
        for dossier in errand.dossiers
        for line in papers_of_visit(dossier.procedure.papers, dossier.cases, errand.only_lines)
    ]
    return {"papers": put_ready(to_put_ready(lines), language)}


def resend(work: UnitOfWork, message_id: UUID, by: str, now: datetime) -> Message:
    """Promise once more what a person wants said again; its day begins again. Raises `not_found`, `message_settled`."""
    message = _held(work, message_id, now)
    if message.recipient is None or message.state == "not_wanted":
        raise DomainError("message_settled")  # erased meanwhile, or somebody has called
    message.state, message.error, message.created_at = "queued", None, now
    audit.record(work, by, "message.resent", "message", message.id, now)
    defer(work, "deliver_message", {"message_id": str(message.id)}, at=after_quiet(now))
    return message


def told_otherwise(session: Session, message_id: UUID, by: str, now: datetime) -> Message:
    """Somebody told the citizen themselves: nothing is to be sent any more. Raises `not_found`, `message_settled`."""
    message = _held(session, message_id, now)
    if message.state == "delivered":
        raise DomainError("message_settled")
    message.state = "not_wanted"
    audit.record(session, by, "message.told_otherwise", "message", message.id, now)
    return message


def _held(session: Session, message_id: UUID, now: datetime) -> Message:
    """Not one that is about to be sent: whoever acts on it would act on the state of a moment ago."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is None:
        raise DomainError("not_found", kind="not_found")
    if message.state == "queued" and now - message.created_at < ON_ITS_WAY:
        raise DomainError("message_settled")
    return message


def _row(
    session: Session,
    request: ServiceRequest,
    errand: Errand | None,
    template_name: str,
    now: datetime,
    trigger: str,
    **params: object,
) -> dict[str, Any]:
    chosen = template(template_name)
    recipient = recipient_of(request)
    params |= {"reference": request.reference, "ask": _asked_at(session, request, errand)}
    return {
        "request_id": request.id,
        "errand_id": errand.id if errand is not None else None,
        "channel": request.channel,
        "recipient": recipient,
        "language": request.language,
        "state": "queued" if recipient is not None else "not_wanted",
        "trigger": trigger,
        "created_at": now,
    } | _said(chosen, request.language, params)


def _rows(
    session: Session,
    request: ServiceRequest,
    errand: Errand | None,
    template_name: str,
    now: datetime,
    trigger: str,
    **params: object,
) -> list[dict[str, Any]]:
    """The message, and the letter beside it for whoever wants one; a code goes to the telephone alone."""
    row = _row(session, request, errand, template_name, now, trigger, **params)
    address = request.applicant.email
    if address is None or template(template_name).secret:
        return [row]
    letter = {
        "id": uuid4(),
        "channel": Channel.SMS,
        "recipient": address,
        "state": "queued",
        "trigger": f"{trigger}{LETTER}",
        "params": row["params"] | _entry(errand, template_name),
    }
    return [row, row | letter]


def _entry(errand: Errand | None, template_name: str) -> dict[str, str]:
    """The visit as a calendar knows it, where the message names its time or takes it back."""
    slot = errand.slot if errand is not None else None
    withdrawn = template_name in WITHDRAWN
    if errand is None or slot is None or not (withdrawn or "slot" in template(template_name).params):
        return {}
    entry = {
        "visit": str(errand.id),
        "revision": str(errand.revision),
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
    }
    return entry | ({"entry": "withdrawn"} if withdrawn else {})


def _said(chosen: Template, language: str, params: Mapping[str, object]) -> dict[str, Any]:
    """The sentence, and what fills it in: an operator with a registered template of its own fills in itself."""
    params = {name: short(name, value) if isinstance(value, str) else value for name, value in params.items()}
    return {
        "id": uuid4(),
        "template": chosen.name,
        "template_version": chosen.version,
        "body": say(chosen.sentence, language, **params),
        "params": {name: str(spoken(value, language)) for name, value in params.items()},
    }


def promise(work: UnitOfWork, rows: Sequence[dict[str, Any]], now: datetime) -> Sequence[Message]:
    """The messages among `rows` that were not said before, each with its job, which waits while telephones don't ring.

    Whoever allowed it is told beside them, in the browser, that there is news.
    """
    added = _promise(work, rows, after_quiet(now))
    _promise(work, browsers.beside(work, added), after_quiet(now))
    return added


def tell_couriers(work: UnitOfWork, courier_ids: Collection[int], now: datetime, trigger: str) -> None:
    """Their day has changed: the phones that allowed it show a notice, while their shift lasts."""
    _promise(work, browsers.of_phones(work, courier_ids, now, trigger), None)


def tell_claimant(work: UnitOfWork, courier_id: int, now: datetime, trigger: str, *, confirmed: bool) -> None:
    """What a phone told without standing is settled: the courier's phones that allowed it say so, when telephones may ring."""
    name = CLAIM_CONFIRMED if confirmed else CLAIM_DISMISSED
    _promise(work, browsers.of_phones(work, [courier_id], now, trigger, name), after_quiet(now))


def _promise(
    work: UnitOfWork, rows: Sequence[dict[str, Any]], at: datetime | None, task: str = "deliver_message"
) -> Sequence[Message]:
    if not rows:
        return []
    table: Any = Message.__table__
    once = from_json(table).on_conflict_do_nothing(index_elements=["trigger"]).returning(Message)
    added = work.scalars(select(Message).from_statement(once), {"rows": as_json(rows)}).all()
    queued = [{"message_id": str(message.id)} for message in added if message.state == "queued"]
    defer_all(work, task, queued, at=at)
    return added

"""What went to the outside systems and what came back: one message, what waits for a person, a dossier's whole exchange.

Whoever shows any of it masks it by `app.domain.mask`; `known_of` says whose words to hide.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import Session

from app.domain import mask
from app.domain.mask import PersonalWords
from app.domain.outbox import FOR_A_PERSON
from app.models import CarrierOrder, Dossier, DossierStep, Errand, ErrandDossier, InboxMessage, OutboxMessage, Refusal
from app.queries.desks.transfers import transfer_of_order

AnyRow = OutboxMessage | InboxMessage | CarrierOrder | DossierStep | Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a dossier's exchange; `kind`: step | order | outbox_message | inbox_message | refusal."""

    at: datetime
    kind: str
    row: AnyRow


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message as it is sent, personal values masked; `key` finds its label in `app.texts.links`."""

    key: str
    value: str | int | datetime


def waiting(session: Session, link: str | None, most: int) -> tuple[Sequence[OutboxMessage], int]:
    """Messages that need a person, those that wait longest first, and how many there are; `link` None: of all."""
    mine: list[ColumnElement[bool]] = [OutboxMessage.state.in_(FOR_A_PERSON)]
    mine += [OutboxMessage.link == link] if link else []
    found = session.scalars(
        select(OutboxMessage).where(*mine).order_by(OutboxMessage.created_at, OutboxMessage.number).limit(most)
    )
    return found.all(), session.scalar(select(func.count()).select_from(OutboxMessage).where(*mine)) or 0


def parked(session: Session, link: str | None, most: int) -> tuple[Sequence[InboxMessage], int]:
    """What they told and nobody could take, oldest first, and how much there is; `link` None: of all."""
    mine: list[ColumnElement[bool]] = [InboxMessage.state == "parked"]
    mine += [InboxMessage.link == link] if link else []
    found = session.scalars(select(InboxMessage).where(*mine).order_by(InboxMessage.id).limit(most))
    return found.all(), session.scalar(select(func.count()).select_from(InboxMessage).where(*mine)) or 0


def dossiers_of(session: Session, outbox_messages: Collection[OutboxMessage]) -> dict[UUID, Dossier]:
    """Of each message the dossier it is about; subjects that are no dossier of ours are left out."""
    subjects = {outbox_message.subject for outbox_message in outbox_messages}
    rows = session.scalars(select(Dossier).where(cast(Dossier.id, String).in_(subjects)))
    by_subject = {str(row.id): row for row in rows}
    return {one.id: by_subject[one.subject] for one in outbox_messages if one.subject in by_subject}


def dossier_of(session: Session, outbox_message: OutboxMessage) -> Dossier | None:
    return dossiers_of(session, [outbox_message]).get(outbox_message.id)


def behind(session: Session, outbox_message: OutboxMessage) -> int:
    """How many messages of the same link and subject wait for this one."""
    mine = (
        OutboxMessage.link == outbox_message.link,
        OutboxMessage.subject == outbox_message.subject,
        OutboxMessage.number > outbox_message.number,
        OutboxMessage.state.not_in(("sent", "withdrawn")),
    )
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(*mine)) or 0


def dossier_of_inbox_message(session: Session, inbox_message: InboxMessage) -> Dossier | None:
    """By the order it tells of."""
    names = [name for name in (inbox_message.subject, inbox_message.fields.get("item_code")) if name]
    same = or_(CarrierOrder.number.in_(names), CarrierOrder.item_code.in_(names))
    order = session.scalars(select(CarrierOrder).where(CarrierOrder.link == inbox_message.link, same).limit(1)).first()
    return order.dossier if order is not None else None


def find(session: Session, wanted: str) -> Dossier | None:
    """By its code, by the number of one of its orders, or by their waybill."""
    text = wanted.strip().upper()
    orders = select(CarrierOrder.dossier_id).where(or_(CarrierOrder.number == text, CarrierOrder.item_code == text))
    return session.scalars(select(Dossier).where(or_(Dossier.code == text, Dossier.id.in_(orders))).limit(1)).first()


def known_of(dossier: Dossier | None) -> PersonalWords:
    """What our rows hold of the people of this dossier."""
    if dossier is None:
        return mask.NOBODY
    request = dossier.request
    place = request.place
    return PersonalWords.of(
        [request.applicant.name, request.helper_name],
        [request.applicant.phone, request.helper_phone, place.address, place.landmark],
    )


# -- a message as it is sent


def as_sent(session: Session, outbox_message: OutboxMessage) -> list[Field]:
    """Its fields, read from the rows as the worker reads them when it sends; what was erased meanwhile is empty."""
    if outbox_message.kind == "step":
        return list(_step(session, outbox_message))
    if outbox_message.kind in {"place_order", "cancel_order"}:
        order = session.get(CarrierOrder, UUID(outbox_message.body["order_id"]))
        return [] if order is None else list(_order(session, order, whole=outbox_message.kind == "place_order"))
    body = mask.answer(
        json.dumps(outbox_message.body, ensure_ascii=False), known_of(dossier_of(session, outbox_message))
    )
    return [Field("event", outbox_message.kind), Field("body", body)]


def _step(session: Session, outbox_message: OutboxMessage) -> Iterator[Field]:
    dossier = session.get(Dossier, UUID(outbox_message.body["dossier_id"]))
    step = session.get(DossierStep, int(outbox_message.body["step_id"]))
    if dossier is None or step is None:
        return
    applicant = dossier.request.applicant
    yield Field("code", dossier.code or "")
    yield Field("state", step.state)
    yield Field("at", step.at)
    yield Field("procedure", f"{dossier.procedure.code} {dossier.procedure.name}")
    yield Field("desk", dossier.desk.name)
    yield Field("owner", mask.name(applicant.name))
    yield Field("owner_phone", mask.number(applicant.phone))


def _order(session: Session, order: CarrierOrder, *, whole: bool) -> Iterator[Field]:
    yield Field("number", order.number)
    yield Field("customer", order.customer_code)
    yield Field("item", order.item_code or "")
    if not whole:
        return
    transfer = transfer_of_order(session, order)
    if transfer is not None:
        yield Field("from_desk", transfer.from_desk.name)
        yield Field("to_desk", transfer.to_desk.name)
        yield Field("weight", order.weight_g)
    elif order.errand is not None:
        yield from _order_of_errand(order, order.errand)


def _order_of_errand(order: CarrierOrder, errand: Errand) -> Iterator[Field]:
    place, request = errand.place, errand.request
    yield Field("owner", mask.name(request.applicant.name))
    yield Field("owner_phone", mask.number(request.applicant.phone or request.helper_phone))
    yield Field("door", ", ".join(part for part in (mask.address(place.address), place.unit.name) if part))
    yield Field("desk", order.dossier.desk.name)
    yield Field("weight", order.weight_g)
    yield Field("collect", order.state_fee + order.postage + order.remittance)


# -- a dossier's whole exchange


def story(session: Session, dossier: Dossier) -> list[Entry]:
    """Everything between us and the outside systems about this dossier, in the order of time."""
    orders = session.scalars(select(CarrierOrder).where(CarrierOrder.dossier_id == dossier.id)).all()
    steps = session.scalars(select(DossierStep).where(DossierStep.dossier_id == dossier.id))
    refusals = session.scalars(select(Refusal).where(Refusal.dossier_id == dossier.id))
    found = [
        *(Entry(row.at, "step", row) for row in steps),
        *(Entry(row.created_at, "order", row) for row in orders),
        *(Entry(row.requested_at, "refusal", row) for row in refusals),
        *(Entry(row.created_at, "outbox_message", row) for row in _outbox_messages(session, dossier)),
        *(Entry(row.received_at, "inbox_message", row) for row in _inbox_messages(session, orders)),
    ]
    order = ("step", "refusal", "order", "outbox_message", "inbox_message")
    return sorted(found, key=lambda entry: (entry.at, order.index(entry.kind)))


def _outbox_messages(session: Session, dossier: Dossier) -> Sequence[OutboxMessage]:
    """Of the dossier, and what subscribers were told of its request and its visits."""
    errands = select(cast(Errand.id, String)).join(ErrandDossier).where(ErrandDossier.dossier_id == dossier.id)
    own = OutboxMessage.subject.in_([str(dossier.id), str(dossier.request_id)])
    mine = select(OutboxMessage).where(or_(own, OutboxMessage.subject.in_(errands)))
    return session.scalars(mine.order_by(OutboxMessage.number)).all()


def _inbox_messages(session: Session, orders: Sequence[CarrierOrder]) -> Sequence[InboxMessage]:
    if not orders:
        return []
    names = [name for order in orders for name in (order.number, order.item_code) if name]
    mine = (InboxMessage.link.in_({order.link for order in orders}), InboxMessage.subject.in_(names))
    return session.scalars(select(InboxMessage).where(*mine).order_by(InboxMessage.id)).all()

"""Facts from phones that a person has to look at, and scans of envelopes that nobody knows yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.operation import OperationKind, OperationResult
from app.models import Claim, Courier, Device, Errand, Office, Operation, ServiceRequest, StrayScan
from app.queries.visible import Offices, within

CLAIMED = select(Claim.id).where(Claim.operation_id == Operation.id, Claim.settled_at.is_(None)).exists()
WAITS = (Operation.result != OperationResult.APPLIED, Operation.looked_at.is_(None), ~CLAIMED)
"""What is claimed is first the task of the office that answers for it (`app.queries.custody.claims`)."""


@dataclass(frozen=True, slots=True)
class ToldReview:
    """One sentence of an answer: as the courier read it, and what fills it anew; None: it was not kept."""

    code: str
    detail: str
    params: Mapping[str, str | int] | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """One operation to look at. `reviews` and `fault` are codes; `parcel` the envelope that the answer named."""

    id: UUID
    seq: int
    kind: OperationKind
    result: OperationResult
    reviews: Sequence[str]
    occurred_at: datetime  # by our clock
    received_at: datetime
    courier: str
    courier_id: int
    office_id: int
    office: str
    phone: str
    reference: str | None
    parcel: str | None
    fields: Sequence[str]  # of a rejected one: which fields could not be read
    told: Sequence[ToldReview]  # what the courier read on the phone, with its numbers and codes


def unclear(session: Session, office_ids: Offices = None, limit: int | None = None) -> list[Unclear]:
    """Oldest act first: what happened at a door three weeks ago is the most urgent."""
    rows = session.execute(_chosen(office_ids).limit(limit))
    return [_line(operation, *row) for operation, *row in rows]


def office_of(session: Session, operation_id: UUID) -> int | None:
    """Whose courier told it; None: no such operation."""
    return session.scalar(
        select(Courier.office_id)
        .join(Device, Device.courier_id == Courier.id)
        .join(Operation, Operation.device_id == Device.id)
        .where(Operation.id == operation_id)
    )


def how_many(session: Session, office_ids: Offices = None) -> int:
    counted = (
        select(func.count())
        .select_from(Operation)
        .join(Device, Device.id == Operation.device_id)
        .join(Courier, Courier.id == Device.courier_id)
        .where(*WAITS, *within(Courier.office_id, office_ids))
    )
    return session.scalar(counted) or 0


def _chosen(office_ids: Offices) -> Select[Operation, str, int, int, str, str, str]:
    return (
        select(
            Operation, Courier.name, Courier.id, Courier.office_id, Office.name, Device.name, ServiceRequest.reference
        )
        .join(Device, Device.id == Operation.device_id)
        .join(Courier, Courier.id == Device.courier_id)
        .join(Office, Office.id == Courier.office_id)
        .outerjoin(Errand, Errand.id == Operation.errand_id)
        .outerjoin(ServiceRequest, ServiceRequest.id == Errand.request_id)
        .where(*WAITS, *within(Courier.office_id, office_ids))
        .order_by(Operation.corrected_at, Operation.seq)
    )


def _line(operation: Operation, *names: Any) -> Unclear:
    courier, courier_id, office_id, office, phone, reference = names
    answer: Mapping[str, Any] = operation.answer or {}
    problem = answer.get("problem") or {}
    return Unclear(
        id=operation.id,
        seq=operation.seq,
        kind=operation.kind,
        result=operation.result,
        reviews=tuple(operation.reviews),
        occurred_at=operation.corrected_at,
        received_at=operation.received_at,
        courier=courier,
        courier_id=courier_id,
        office_id=office_id,
        office=office,
        phone=phone,
        reference=reference,
        parcel=answer.get("parcel"),
        fields=tuple(error["field"] for error in problem.get("errors", ())),
        told=tuple(
            ToldReview(review["code"], review["detail"], answer.get("filled_by", {}).get(review["code"]))
            for review in answer.get("reviews", ())
        ),
    )


@dataclass(frozen=True, slots=True)
class Stray:
    """An envelope's code that was scanned and is in no book."""

    id: int
    code: str
    giver: Holder
    taker: Holder
    occurred_at: datetime
    office: str


def strays(session: Session, office_ids: Offices = None) -> list[Stray]:
    """Oldest first. A manager sees those of the own office."""
    rows = session.execute(
        select(StrayScan.id, StrayScan.code, StrayScan.giver, StrayScan.taker, StrayScan.occurred_at, Office.name)
        .outerjoin(Office, Office.id == StrayScan.office_id)
        .where(StrayScan.settled_at.is_(None), *_of_offices(office_ids))
        .order_by(StrayScan.occurred_at, StrayScan.id)
    )
    return [Stray(*row[:-1], row[-1] or "") for row in rows]


def _of_offices(office_ids: Offices) -> list[ColumnElement[bool]]:
    return [] if office_ids is None else [StrayScan.office_id.in_(office_ids)]

"""Which rows of each table are a person's: for the export of a person, the erasure and the retention alike.

A person is a set of applicants. Every table of `app.domain.personal_data.COLUMNS` that can hold a citizen has its way here; a
test looks. Who only helped somebody is found by request, never by telephone: a helper's number identifies nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, cast, or_, select, tuple_

from app.models import (
    Applicant,
    BankLine,
    CarrierOrder,
    CaseStepDone,
    Charge,
    Claim,
    Complaint,
    CustodyEvent,
    CustodyEvidence,
    Dossier,
    Entitlement,
    Errand,
    FileUse,
    HandoverCode,
    InboxMessage,
    Incident,
    LandmarkShare,
    Message,
    MoneyConfirmation,
    NamedReceiver,
    Operation,
    OperationPayload,
    OutboxMessage,
    PaperCase,
    Parcel,
    PaymentCode,
    Place,
    PushSubscription,
    Receipt,
    Refusal,
    Renumbering,
    ServiceRequest,
    StoredAnswer,
    StoredFile,
    StrayScan,
)  # fmt: skip

Applicants = Select[Any]
"""A statement that selects the ids of the applicants that are this person."""

NOT_OF_CITIZENS: Final = frozenset(
    {
        "audit_event",
        "booking_wish",
        "courier",
        "device",
        "interpreter",
        "sign_in_code",
        "sign_in_session",
        "signing_invitation",
        "staff_account",
    }
)
"""Tables of staff, of telephones that nobody has proved to be somebody's, the audit, which holds ids, and what waits a
quarter of an hour for a second signature: codes and counts."""


def these(applicant_ids: tuple[UUID, ...]) -> Applicants:
    return select(Applicant.id).where(Applicant.id.in_(applicant_ids))


def requests_of(who: Applicants) -> Select[Any]:
    return select(ServiceRequest.id).where(ServiceRequest.applicant_id.in_(who))


def dossiers_of(who: Applicants) -> Select[Any]:
    return select(Dossier.id).where(Dossier.request_id.in_(requests_of(who)))


def errands_of(who: Applicants) -> Select[Any]:
    return select(Errand.id).where(Errand.request_id.in_(requests_of(who)))


def parcels_of(who: Applicants) -> Select[Any]:
    return select(Parcel.code).where(Parcel.dossier_id.in_(dossiers_of(who)))


def _operations(who: Applicants) -> ColumnElement[bool]:
    """What phones told of the visits, and of the envelopes that something happened to."""
    incidents = select(Incident.operation_id).where(
        Incident.parcel_code.in_(parcels_of(who)), Incident.operation_id.is_not(None)
    )
    claimed = select(Claim.operation_id).where(_claims(who))
    mine = Operation.errand_id.in_(errands_of(who))
    return or_(mine, cast(Operation.id, Text).in_(incidents), Operation.id.in_(claimed))


def _claims(who: Applicants) -> ColumnElement[bool]:
    return or_(Claim.errand_id.in_(errands_of(who)), Claim.code.in_(parcels_of(who)))


def _case_steps(who: Applicants) -> ColumnElement[bool]:
    """Of cases about the person's envelopes."""
    theirs = select(PaperCase.id).join(Incident, Incident.id == PaperCase.incident_id)
    return CaseStepDone.case_id.in_(theirs.where(Incident.parcel_code.in_(parcels_of(who))))


def _places(who: Applicants) -> ColumnElement[bool]:
    """Doors of nobody else."""
    asked = select(ServiceRequest.place_id).where(ServiceRequest.applicant_id.in_(who))
    visited = select(Errand.place_id).where(Errand.request_id.in_(requests_of(who)))
    others = select(ServiceRequest.id).where(
        ServiceRequest.place_id == Place.id, ServiceRequest.applicant_id.not_in(who)
    )
    return and_(or_(Place.id.in_(asked), Place.id.in_(visited)), ~others.exists())


def _files(who: Applicants) -> ColumnElement[bool]:
    told = select(Operation.id).where(_operations(who))
    shown = select(FileUse.sha256).where(or_(FileUse.errand_id.in_(errands_of(who)), FileUse.operation_id.in_(told)))
    return StoredFile.sha256.in_(shown)


def _orders(who: Applicants) -> ColumnElement[bool]:
    return CarrierOrder.dossier_id.in_(dossiers_of(who))


def _outbox(who: Applicants) -> ColumnElement[bool]:
    """The subject is a request, a dossier, a visit or an order, by its id or number."""
    subjects = (
        select(cast(ServiceRequest.id, Text)).where(ServiceRequest.applicant_id.in_(who)),
        select(cast(Dossier.id, Text)).where(Dossier.request_id.in_(requests_of(who))),
        select(cast(Errand.id, Text)).where(Errand.request_id.in_(requests_of(who))),
        select(CarrierOrder.number).where(_orders(who)),
    )
    return or_(*(OutboxMessage.subject.in_(subject) for subject in subjects))


def _inbox(who: Applicants) -> ColumnElement[bool]:
    subjects = (
        select(CarrierOrder.number).where(_orders(who)),
        select(CarrierOrder.item_code).where(_orders(who), CarrierOrder.item_code.is_not(None)),
        parcels_of(who),
    )
    return or_(*(InboxMessage.subject.in_(subject) for subject in subjects))


def _answers(who: Applicants) -> ColumnElement[bool]:
    """An answer to a partner names the request it made."""
    mine = select(ServiceRequest.reference).where(ServiceRequest.applicant_id.in_(who))
    ids = select(cast(ServiceRequest.id, Text)).where(ServiceRequest.applicant_id.in_(who))
    return or_(StoredAnswer.body["reference"].astext.in_(mine), StoredAnswer.body["id"].astext.in_(ids))


def _bank_lines(who: Applicants) -> ColumnElement[bool]:
    """Sums that named a code of the person's requests; whose the others are, nobody knows."""
    codes = select(PaymentCode.code).where(PaymentCode.request_id.in_(requests_of(who)))
    return BankLine.code.in_(codes)


def _confirmations(who: Applicants) -> ColumnElement[bool]:
    numbers = select(BankLine.confirmation_year, BankLine.confirmation_serial).where(_bank_lines(who))
    return tuple_(MoneyConfirmation.year, MoneyConfirmation.serial).in_(numbers)


OWN: Final[Mapping[str, Callable[[Applicants], ColumnElement[bool]]]] = {
    "applicant": Applicant.id.in_,
    "place": _places,
    "landmark_share": lambda who: LandmarkShare.place_id.in_(select(Place.id).where(_places(who))),
    "service_request": ServiceRequest.applicant_id.in_,
    "errand": lambda who: Errand.request_id.in_(requests_of(who)),
    "dossier": lambda who: Dossier.request_id.in_(requests_of(who)),
    "entitlement": lambda who: Entitlement.dossier_id.in_(dossiers_of(who)),
    "named_receiver": lambda who: NamedReceiver.request_id.in_(requests_of(who)),
    "refusal": lambda who: Refusal.dossier_id.in_(dossiers_of(who)),
    "message": lambda who: Message.request_id.in_(requests_of(who)),
    "push_subscription": lambda who: PushSubscription.request_id.in_(requests_of(who)),
    "incident": lambda who: Incident.parcel_code.in_(parcels_of(who)),
    "complaint": lambda who: Complaint.request_id.in_(requests_of(who)),
    "paper_case_step": _case_steps,
    "claim": _claims,
    "stray_scan": lambda who: StrayScan.code.in_(parcels_of(who)),
    "operation": _operations,
    "operation_payload": lambda who: OperationPayload.operation_id.in_(select(Operation.id).where(_operations(who))),
    "custody_evidence": CustodyEvidence.applicant_id.in_,
    "custody_event": lambda who: CustodyEvent.parcel_id.in_(
        select(Parcel.id).where(Parcel.dossier_id.in_(dossiers_of(who)))
    ),
    "stored_file": _files,
    "handover_code": lambda who: HandoverCode.errand_id.in_(errands_of(who)),
    "stored_answer": _answers,
    "outbox_message": _outbox,
    "inbox_message": _inbox,
    "charge": lambda who: Charge.request_id.in_(requests_of(who)),
    "receipt": lambda who: Receipt.errand_id.in_(errands_of(who)),
    "bank_line": _bank_lines,
    "money_confirmation": _confirmations,
    "renumbering": lambda who: Renumbering.dossier_id.in_(dossiers_of(who)),
}

"""A dossier's papers from the desk that received them to the desk that decides, and its result back: hop by hop.

Law: Decree 61/2018 and Decree 118/2025 (any desk receives for the whole province); the papers are counted again at the other
desk, and what the first desk counted is not asked of the citizen a second time (Decision 45/2016/QĐ-TTg).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.checklist import papers_of_case
from app.domain.commands import CountPapers, PackTransfer
from app.domain.custody import Holder, Party
from app.domain.dossier import FINAL, DossierState
from app.domain.errors import DomainError
from app.domain.incident import IncidentKind
from app.domain.parcel import PaperForm, PaperState, ParcelPurpose
from app.domain.transfer import OPEN, SubState, TransferKind, TransferState, due_day
from app.models import Bag, CustodyEvent, Dossier, Paper, Parcel, Transfer
from app.queries.desks.rounds import names_of_place, next_ride
from app.queries.reference.calendar import calendar
from app.queries.reference.units import office_of_desk
from app.services import audit
from app.services.booking import pickups
from app.services.custody import chains, incidents, packing, sealing
from app.services.desks import dossier_steps, transfer_need
from app.services.messaging import messages
from app.services.outbox import orders
from app.texts.documents import WORKING_DAY
from app.unit_of_work import UnitOfWork

MOST_OF_A_PAPER: Final = 99


def send_on(work: UnitOfWork, transfer_id: UUID, desk_id: int, by: str, now: datetime) -> Transfer:
    """The dossier was scanned and sent to the competent desk: from now it owns the due date, which starts to run.

    A due date that an appointment slip already promised stands. Raises `not_found`, `transfer_over`.
    """
    transfer = _outgoing(work, transfer_id, desk_id)
    dossier = transfer.dossier
    if dossier.sent_on_at is not None:
        return transfer
    _check_running(transfer)
    promised = dossier.due_on
    _pass_due_date(work, dossier, now)
    _wait(work, transfer, by, now)
    audit.record(work, by, "transfer.sent_on", "transfer", transfer.id, now)
    if promised is None and dossier.due_on is not None and dossier.code is not None:
        trigger, said = f"accepted_until:{transfer.id}", {"dossier": dossier.code, "due": dossier.due_on}
        messages.tell(work, dossier.request, None, "accepted_until", now, trigger, **said)
    return transfer


def _pass_due_date(session: Session, dossier: Dossier, now: datetime) -> None:
    procedure = dossier.procedure
    if dossier.due_on is None:
        working = procedure.time_unit == WORKING_DAY
        days = procedure.time_value
        dossier.due_on = due_day(local_day(now), days, working=working, calendar=calendar(session))
    dossier.sent_on_at = now


def _wait(work: UnitOfWork, transfer: Transfer, by: str, now: datetime) -> None:
    """The dossier waits for the other unit: sub-state 4, told once."""
    dossier = transfer.dossier
    waits = dossier.state == DossierState.ACCEPTED and dossier.sub_state != SubState.WAITING_FOR_UNIT
    if waits and transfer.kind != TransferKind.RESULT_BACK:
        state = DossierState(dossier.state)
        dossier_steps.move(work, dossier, state, by=by, at=now, now=now, sub_state=SubState.WAITING_FOR_UNIT)


def pack(work: UnitOfWork, command: PackTransfer) -> Transfer:
    """Pack and seal the papers again, line by line as they were counted here.

    Raises `not_found`, `transfer_over`, `transfer_packed`, `not_sent_on` (vertical: the electronic dossier goes first),
    `nothing_to_pack`, `more_than_listed` and the refusals of label and seal.
    """
    transfer = _outgoing(work, command.transfer_id, command.desk_id)
    if transfer.parcel is not None and _answered(work, transfer.parcel, command.operation_id):
        return transfer
    _check_running(transfer)
    if transfer.state != TransferState.WANTED:
        raise DomainError("transfer_packed", field="seal_number")
    if transfer.kind == TransferKind.VERTICAL and transfer.dossier.sent_on_at is None:
        raise DomainError("not_sent_on")
    lines, _typed = papers_to_pack(work, transfer, command.counts)
    if not lines:
        raise DomainError("nothing_to_pack")
    transfer.parcel = _sealed(work, transfer.dossier, lines, command)
    transfer.state = TransferState.PACKED
    work.flush()
    orders.follow_transfers(work, transfer.dossier, command.now)
    return transfer


def _sealed(work: UnitOfWork, dossier: Dossier, lines: Sequence[Paper], command: PackTransfer) -> Parcel:
    here = Party(Holder.DESK, str(command.desk_id))
    parcel = sealing.make_parcel(work, dossier, ParcelPurpose.TRANSFER, command.parcel_code, here, command.now)
    parcel.papers.extend(lines)
    packing.seal_here(work, parcel, command)
    return parcel


def papers_to_pack(session: Session, transfer: Transfer, counts: Mapping[int, int]) -> tuple[list[Paper], bool]:
    """New lines for the envelope, and whether a person types their counts.

    What was counted here is carried over as it is; of papers handed in at the counter there is only the published list.
    """
    counted = session.scalars(
        select(Paper)
        .join(Parcel, Parcel.id == Paper.parcel_id)
        .where(
            Parcel.dossier_id == transfer.dossier_id,
            Parcel.purpose.in_((ParcelPurpose.DOSSIER, ParcelPurpose.SUPPLEMENT)),
            Paper.state == PaperState.TAKEN_OUT,
        )
        .order_by(Paper.line, Paper.id)
    ).all()
    if counted:
        return [_line(paper.line, paper.name, paper.form, paper.count) for paper in counted], False
    return _handed_in(transfer.dossier, counts), True


def _handed_in(dossier: Dossier, counts: Mapping[int, int]) -> list[Paper]:
    lines = []
    for paper in papers_of_case(dossier.procedure.papers, dossier.cases):
        count = counts.get(paper.line, paper.originals or paper.copies or 0)
        if not 0 <= count <= MOST_OF_A_PAPER:
            raise DomainError("paper_uncounted", kind="invalid", field=f"paper_{paper.line}", line=paper.line)
        if count and paper.mode == "submit":
            form = PaperForm.ORIGINAL if paper.originals else PaperForm.COPY
            lines.append(_line(paper.line, paper.name, form, count))
    return lines


def _line(line: int, name: str, form: PaperForm, count: int) -> Paper:
    return Paper(line=line, name=name, form=form, count=count, state=PaperState.IN_PARCEL)


def send_result_back(work: UnitOfWork, parcel_code: str, desk_id: int, by: str, now: datetime) -> Transfer:
    """A result packed here goes back to the desk that received the dossier, instead of straight to the door.

    Raises `parcel_unknown`, `not_the_holder`, `not_a_result_of_others` and `transfer_open` (its papers are still to come).
    """
    parcel = chains.lock_codes(work, [parcel_code])[0].parcel
    dossier = parcel.dossier
    if (parcel.holder, parcel.holder_id) != (Holder.DESK, str(desk_id)):
        raise DomainError("not_the_holder", field="parcel_code", current=parcel.holder, giver=Holder.DESK)
    if parcel.purpose is not ParcelPurpose.RESULT or dossier.desk_id == desk_id:
        raise DomainError("not_a_result_of_others", field="parcel_code", parcel=parcel.code)
    standing = _open_of(work, dossier)
    if standing is not None and standing.kind == TransferKind.RESULT_BACK:
        return standing
    if standing is not None:
        raise DomainError("transfer_open", field="parcel_code", parcel=parcel.code)
    transfer = Transfer(
        id=uuid4(),
        dossier=dossier,
        kind=TransferKind.RESULT_BACK,
        from_desk_id=desk_id,
        to_desk_id=dossier.desk_id,
        state=TransferState.PACKED,
        parcel=parcel,
        wanted_at=now,
    )
    work.add(transfer)
    audit.record(work, by, "transfer.result_back", "transfer", transfer.id, now)
    work.flush()
    orders.follow_transfers(work, dossier, now)
    return transfer


@dataclass(frozen=True, slots=True)
class Moved:
    """Envelopes changed hands: who has them now, and the bag that was closed over them."""

    taker: Party
    by: str
    now: datetime
    bag: Bag | None = None


def follow(work: UnitOfWork, parcels: Sequence[Parcel], moved: Moved) -> None:
    """After envelopes changed hands: what has left, what has come, and when the rest is expected."""
    theirs = (Transfer.parcel_id.in_([parcel.id for parcel in parcels]), Transfer.state.in_(OPEN))
    dossiers = work.scalars(select(Transfer.dossier_id).where(*theirs)).all()
    if not dossiers:
        return
    _hold_dossiers(work, dossiers)
    moving = select(Transfer).where(*theirs).order_by(Transfer.id).with_for_update(of=Transfer)
    for transfer in work.scalars(moving.execution_options(populate_existing=True)):
        if moved.taker == Party(Holder.DESK, str(transfer.to_desk_id)):
            transfer.state, transfer.arrived_at = TransferState.ARRIVED, moved.now
            orders.follow_transfers(work, transfer.dossier, moved.now)
        elif moved.taker == Party(Holder.DESK, str(transfer.from_desk_id)):
            transfer.state = TransferState.PACKED  # it came back unopened
        else:
            _leave(work, transfer, moved)


def _leave(work: UnitOfWork, transfer: Transfer, moved: Moved) -> None:
    transfer.state, transfer.left_at = TransferState.UNDER_WAY, transfer.left_at or moved.now
    if moved.bag is not None:
        _ride(work, transfer, moved.bag, moved.now)
    _wait(work, transfer, moved.by, moved.now)


def _ride(session: Session, transfer: Transfer, bag: Bag, now: datetime) -> None:
    """By which round, and when there; a bag to an office on the way promises nothing yet."""
    destination = Party(bag.to_holder, bag.to_id)
    ride = next_ride(session, Party(bag.from_holder, bag.from_id), destination, now)
    transfer.bag, transfer.round_id, transfer.expected_at = bag, None, None
    if ride is not None:
        transfer.round_id = ride[0]
        if destination in names_of_place(session, Party(Holder.DESK, str(transfer.to_desk_id))):
            transfer.expected_at = ride[1].arrives_at


def counted(work: UnitOfWork, parcel: Parcel, command: CountPapers, *, short: bool) -> None:
    """The competent desk has opened the envelope and counted: it decides from now, unless papers got lost between the desks.

    Those are looked for by the two desks and the post; the citizen gave them all and is not asked again.
    """
    _hold_dossiers(work, [parcel.dossier_id])
    transfer = work.scalars(select(Transfer).where(Transfer.parcel_id == parcel.id).with_for_update(of=Transfer)).one()
    dossier = transfer.dossier
    if command.desk_id == transfer.from_desk_id and transfer.state == TransferState.PACKED:
        _unpack(work, transfer, command.now)
    if command.desk_id != transfer.to_desk_id:
        return
    if dossier.sent_on_at is None and dossier.state not in FINAL:
        _pass_due_date(work, dossier, command.now)
    if short:
        incidents.open_incident(
            work,
            kind=IncidentKind.PAPERS_SHORT,
            parcel_code=parcel.code,
            office_id=office_of_desk(work, transfer.from_desk).id,
            by=command.by,
            now=command.now,
            operation_id=f"{command.operation_id}:{parcel.code}",
        )
    else:
        _take_in(work, dossier, command.by, command.now)


def _unpack(work: UnitOfWork, transfer: Transfer, now: datetime) -> None:
    """Opened where it was packed: its papers are to be packed anew, if they are still to go."""
    transfer.state = TransferState.CANCELLED
    work.flush()
    transfer_need.follow(work, transfer.dossier, now, now)
    orders.follow_transfers(work, transfer.dossier, now)


def take_in(work: UnitOfWork, transfer_id: UUID, desk_id: int, by: str, now: datetime) -> Transfer:
    """What was short has been found, or is not needed: the competent desk decides on. Raises `not_found`, `transfer_over`."""
    transfer = _locked(work, transfer_id)
    if transfer.to_desk_id != desk_id or transfer.kind == TransferKind.RESULT_BACK:
        raise DomainError("not_found", kind="not_found")
    if transfer.state != TransferState.ARRIVED or transfer.dossier.state in FINAL:
        raise DomainError("transfer_over")
    _take_in(work, transfer.dossier, by, now)
    audit.record(work, by, "transfer.taken_in", "transfer", transfer.id, now)
    return transfer


def _take_in(work: UnitOfWork, dossier: Dossier, by: str, now: datetime) -> None:
    if dossier.state == DossierState.ACCEPTED:
        dossier_steps.move(work, dossier, DossierState.IN_PROCESS, by=by, at=now, now=now)


def _locked(session: Session, transfer_id: UUID) -> Transfer:
    dossier_id = session.scalar(select(Transfer.dossier_id).where(Transfer.id == transfer_id))
    if dossier_id is None:
        raise DomainError("not_found", kind="not_found")
    pickups.hold(session, dossier_id)
    _hold_dossiers(session, [dossier_id])
    wanted = select(Transfer).where(Transfer.id == transfer_id).with_for_update(of=Transfer)
    return session.scalars(wanted.execution_options(populate_existing=True)).one()


def _hold_dossiers(session: Session, dossier_ids: Collection[UUID]) -> None:
    """Before their transfers: a step of the dossier, which may call its transfer off, holds the dossier first."""
    held = select(Dossier).where(Dossier.id.in_(dossier_ids)).order_by(Dossier.id).with_for_update(of=Dossier)
    session.scalars(held.execution_options(populate_existing=True)).all()


def _outgoing(session: Session, transfer_id: UUID, desk_id: int) -> Transfer:
    transfer = _locked(session, transfer_id)
    if transfer.from_desk_id != desk_id or transfer.kind == TransferKind.RESULT_BACK:
        raise DomainError("not_found", kind="not_found")
    return transfer


def _check_running(transfer: Transfer) -> None:
    if transfer.state == TransferState.CANCELLED or transfer.dossier.state in FINAL:
        raise DomainError("transfer_over")


def _open_of(session: Session, dossier: Dossier) -> Transfer | None:
    mine = select(Transfer).where(Transfer.dossier_id == dossier.id, Transfer.state.in_(OPEN))
    return session.scalars(mine).one_or_none()


def _answered(session: Session, parcel: Parcel, operation_id: str) -> bool:
    mine = (CustodyEvent.parcel_id == parcel.id, CustodyEvent.operation_id == operation_id)
    return session.scalar(select(CustodyEvent.id).where(*mine).limit(1)) is not None

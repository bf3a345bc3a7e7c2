"""A dossier's step and its transfer: accepted at one desk for another, the papers must travel; refused, they need not.

Apart from `transfers`, which moves dossiers itself: `steps` calls this at every step.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.dossier import DECIDING, DossierState
from app.domain.parcel import PaperState, ParcelPurpose
from app.domain.transfer import CANCELLED_BY, NOT_LEFT, OPEN, TransferKind, TransferState, kind_between
from app.models import Desk, Dossier, Paper, Parcel, Transfer
from app.services import audit

IN_PERSON = "1"


def follow(session: Session, dossier: Dossier, at: datetime, now: datetime) -> None:
    """Want the transfer of a dossier that was accepted for another desk; drop it when the dossier ends before it left.

    Papers on the road stay on the road: where they are is a fact, and the desk that gets them gives them back.
    """
    if dossier.desk_id == dossier.competent_desk_id:
        return
    if dossier.state in DECIDING:
        _want(session, dossier, at, now)
    elif dossier.state in CANCELLED_BY:
        _cancel_those(session, dossier, NOT_LEFT, now)
    elif dossier.state == DossierState.RESULT_RETURNED:
        _end_way_back(session, dossier, now)
        # decided by the scan: nobody waits for the paper any more; what is sealed already goes where it belongs
        _cancel_those(session, dossier, (TransferState.WANTED,), now)


def _cancel_those(session: Session, dossier: Dossier, states: Collection[str], now: datetime) -> None:
    for transfer in _of(session, dossier):
        if transfer.state in states:
            _cancel(session, transfer, now)


def _cancel(session: Session, transfer: Transfer, now: datetime) -> None:
    """Why is the state that the dossier came to."""
    transfer.state = TransferState.CANCELLED
    reason = f"dossier_state_{transfer.dossier.state}"
    audit.record(session, "system", "transfer.cancelled", "transfer", transfer.id, now, reason=reason)


def _end_way_back(session: Session, dossier: Dossier, now: datetime) -> None:
    """The citizen has the result: it goes back to no desk."""
    mine = select(Transfer).where(Transfer.dossier_id == dossier.id, Transfer.kind == TransferKind.RESULT_BACK)
    for transfer in session.scalars(mine.where(Transfer.state.in_(OPEN))):
        given = transfer.parcel is not None and transfer.parcel.holder is Holder.CITIZEN
        if given or transfer.state in NOT_LEFT:
            _cancel(session, transfer, now)


def _want(session: Session, dossier: Dossier, at: datetime, now: datetime) -> None:
    if any(transfer.state != TransferState.CANCELLED for transfer in _of(session, dossier)):
        return
    where = _papers_at(session, dossier)
    if where == dossier.desk_id:
        session.add(
            Transfer(
                id=uuid4(),
                dossier_id=dossier.id,
                dossier=dossier,
                kind=kind_between(dossier.desk.level, dossier.competent_desk.level),
                from_desk_id=dossier.desk_id,
                to_desk_id=dossier.competent_desk_id,
                state=TransferState.WANTED,
                wanted_at=now,
            )
        )
    elif dossier.sent_on_at is None:  # an electronic dossier has no paper to wait for: the competent desk has it
        dossier.sent_on_at = at


def _of(session: Session, dossier: Dossier) -> list[Transfer]:
    mine = select(Transfer).where(Transfer.dossier_id == dossier.id, Transfer.kind != TransferKind.RESULT_BACK)
    return list(session.scalars(mine.order_by(Transfer.wanted_at)))


def _papers_at(session: Session, dossier: Dossier) -> int | None:
    """The desk where the papers lie open: the one that decides, if their envelope was counted there, else the one that received.

    The envelope names the desk that opened it for ever; where that has closed, the papers went with the dossier to its heir.
    """
    counted = (
        select(func.coalesce(Desk.taken_over_by_id, Desk.id))
        .join(Parcel, Parcel.holder_id == cast(Desk.id, Text))
        .join(Paper, Paper.parcel_id == Parcel.id)
        .where(
            Parcel.dossier_id == dossier.id,
            Parcel.purpose == ParcelPurpose.DOSSIER,
            Parcel.holder == Holder.DESK,
            Paper.state == PaperState.TAKEN_OUT,
        )
        .limit(1)
    )
    desk = session.scalars(counted).first()
    if desk is not None:
        return desk if desk == dossier.competent_desk_id else dossier.desk_id
    return dossier.desk_id if dossier.channel == IN_PERSON else None

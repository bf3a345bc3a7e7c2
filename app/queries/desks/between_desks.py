"""Where a dossier is between two desks, in one sentence, and what its way adds to the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.domain.custody import Holder
from app.domain.parcel import ParcelPurpose
from app.domain.transfer import OPEN, TransferKind, TransferState
from app.models import Dossier, Parcel, ServiceRequest, Transfer

Said = tuple[str, dict[str, object]]
BACK: Final = TransferKind.RESULT_BACK


def transfers_of(session: Session, request: ServiceRequest) -> Mapping[UUID, Sequence[Transfer]]:
    """By dossier, oldest first; what was called off is left out. Asks nothing where every dossier stays at its desk."""
    away = [one.id for one in request.dossiers if one.desk_id != one.competent_desk_id]
    if not away:
        return {}
    ends = joinedload(Transfer.from_desk), joinedload(Transfer.to_desk), joinedload(Transfer.parcel)
    mine = select(Transfer).where(Transfer.dossier_id.in_(away), Transfer.state != TransferState.CANCELLED)
    found: dict[UUID, list[Transfer]] = {}
    for transfer in session.scalars(mine.options(*ends).order_by(Transfer.wanted_at)):
        found.setdefault(transfer.dossier_id, []).append(transfer)
    return found


def moving(transfers: Sequence[Transfer], newest: Parcel | None) -> Transfer | None:
    """The transfer that the dossier's newest envelope waits for or travels by; None when it lies or is lost."""
    if newest is not None and (newest.gap or newest.holder is Holder.LOST):
        return None
    result = newest is not None and newest.purpose is ParcelPurpose.RESULT
    return next((one for one in transfers if one.state in OPEN and (one.kind == BACK) is result), None)


def where(transfer: Transfer) -> Said:
    """A key of `texts.transfers.HOLDERS` and what fills it."""
    stem = "result_back" if transfer.kind == BACK else "transfer"
    key = "expected" if transfer.state == TransferState.UNDER_WAY and transfer.expected_at else transfer.state
    said: dict[str, object] = {"origin": transfer.from_desk.name, "destination": transfer.to_desk.name}
    if transfer.parcel is not None:
        said["parcel"] = transfer.parcel.code
    return f"{stem}_{key}", said | ({"expected": transfer.expected_at} if transfer.expected_at else {})


def next_step(transfer: Transfer) -> Said:
    """A key of `texts.transfers.NEXT` and what fills it."""
    key = "desk_sends_on" if transfer.state == TransferState.WANTED else "post_carries"
    return key, {"origin": transfer.from_desk.name, "destination": transfer.to_desk.name}


def deciding(dossier: Dossier) -> str:
    """The desk that has the dossier in hand: the one that received it, until it has been sent on."""
    return dossier.competent_desk.name if dossier.sent_on_at is not None else dossier.desk.name

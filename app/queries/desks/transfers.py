"""What a desk has to send to other desks, what is on its way, and what comes; each with its due date and who owns it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.clock import local_day
from app.domain.custody import Holder
from app.domain.dossier import DossierState
from app.domain.order import OrderPurpose
from app.domain.parcel import PaperState, ParcelPurpose
from app.domain.transfer import NOT_LEFT, Due, SubState, TransferKind, TransferState, due_of
from app.domain.working_days import Calendar
from app.models import CarrierOrder, Dossier, Paper, Parcel, Transfer
from app.queries.reference.calendar import calendar

SHOWN_FOR: Final = timedelta(days=7)
PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class TransferLine:
    """A transfer, its due date, and whether its envelope has been opened over there."""

    transfer: Transfer
    due: Due
    counted: bool
    late: bool  # the van should have been there

    @property
    def dossier(self) -> Dossier:
        return self.transfer.dossier

    @property
    def to_send_on(self) -> bool:
        """Has the electronic dossier still to go?"""
        return self.transfer.kind != TransferKind.RESULT_BACK and self.dossier.sent_on_at is None

    @property
    def to_pack(self) -> bool:
        vertical = self.transfer.kind == TransferKind.VERTICAL
        return self.transfer.state == TransferState.WANTED and not (vertical and self.to_send_on)

    @property
    def short(self) -> bool:
        """Opened and found short: it waits for what the incident brings to light."""
        waits = self.dossier.sub_state == SubState.WAITING_FOR_UNIT and self.dossier.state == DossierState.ACCEPTED
        return self.counted and waits and self.transfer.kind != TransferKind.RESULT_BACK

    @property
    def ended_by(self) -> int | None:
        """Of one that was called off: the state that the dossier came to."""
        return self.dossier.state if self.transfer.state == TransferState.CANCELLED else None


@dataclass(frozen=True, slots=True)
class OlderTransfers:
    lines: Sequence[TransferLine]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class TransferDay:
    """`results`: packed here for dossiers that another desk received, free to go back there."""

    to_send: Sequence[TransferLine]
    going: Sequence[TransferLine]
    coming: Sequence[TransferLine]
    arrived: Sequence[TransferLine]
    results: Sequence[Parcel]


def transfer_day(session: Session, desk_id: int, now: datetime) -> TransferDay:
    """Oldest wish first; what came is shown until it is opened, results a week."""
    from_here, to_here = Transfer.from_desk_id == desk_id, Transfer.to_desk_id == desk_id
    under_way = Transfer.state == TransferState.UNDER_WAY
    lately = (Transfer.state == TransferState.ARRIVED) & (Transfer.arrived_at > now - SHOWN_FOR)

    def lines(*which: ColumnElement[bool]) -> list[TransferLine]:
        return _lines(session, now, *which)

    return TransferDay(
        to_send=lines(from_here, Transfer.state.in_(NOT_LEFT)),
        going=lines(from_here, under_way),
        coming=lines(to_here, under_way),
        arrived=[line for line in lines(to_here, lately) if _asks_for_work(line)],
        results=session.scalars(_results(desk_id)).all(),
    )


def older_transfers(session: Session, desk_id: int, now: datetime, page: int) -> OlderTransfers:
    """Everything of this desk that has arrived or was called off, the newest wish first, by pages."""
    mine = or_(Transfer.from_desk_id == desk_id, Transfer.to_desk_id == desk_id)
    over = Transfer.state.in_([TransferState.ARRIVED, TransferState.CANCELLED])
    count = session.scalar(select(func.count()).select_from(Transfer).where(mine, over)) or 0
    pages = max(1, -(-count // PAGE))
    shown = min(max(1, page), pages)
    ids = select(Transfer.id).where(mine, over).order_by(Transfer.wanted_at.desc(), Transfer.id)
    on_page = session.scalars(ids.offset((shown - 1) * PAGE).limit(PAGE)).all()
    return OlderTransfers(_lines(session, now, Transfer.id.in_(on_page))[::-1], shown, pages)


def due_of_dossier(dossier: Dossier, today: date, working: Calendar) -> Due:
    between, sent_on = dossier.desk_id != dossier.competent_desk_id, dossier.sent_on_at is not None
    return due_of(dossier.state, dossier.due_on, today, working, between=between, sent_on=sent_on)


def find_transfer(session: Session, transfer_id: UUID, desk_id: int) -> Transfer | None:
    """One that this desk sends, if it has not left."""
    mine = _with_ends().where(
        Transfer.id == transfer_id, Transfer.from_desk_id == desk_id, Transfer.state.in_(NOT_LEFT)
    )
    return session.scalars(mine).one_or_none()


def _with_ends() -> Select[Transfer]:
    return select(Transfer).options(
        joinedload(Transfer.from_desk),
        joinedload(Transfer.to_desk),
        joinedload(Transfer.parcel),
        joinedload(Transfer.bag),
        joinedload(Transfer.round),
        joinedload(Transfer.dossier).joinedload(Dossier.procedure),
    )


def _asks_for_work(line: TransferLine) -> bool:
    if line.transfer.kind == TransferKind.RESULT_BACK:
        return line.transfer.parcel is not None and line.transfer.parcel.holder is Holder.DESK
    return not line.counted or line.short


def _lines(session: Session, now: datetime, *which: ColumnElement[bool]) -> list[TransferLine]:
    working, today = calendar(session), local_day(now)
    transfers = session.scalars(_with_ends().where(*which).order_by(Transfer.wanted_at, Transfer.id)).all()
    inside = select(Paper.parcel_id).where(
        Paper.parcel_id.in_([one.parcel_id for one in transfers]), Paper.state == PaperState.IN_PARCEL
    )
    closed = set(session.scalars(inside))
    return [
        TransferLine(
            one,
            due_of_dossier(one.dossier, today, working),
            counted=_is_counted(one, closed),
            late=one.expected_at is not None and one.state == TransferState.UNDER_WAY and one.expected_at < now,
        )
        for one in transfers
    ]


def _is_counted(transfer: Transfer, closed: set[UUID]) -> bool:
    paper = transfer.kind != TransferKind.RESULT_BACK
    return paper and transfer.state == TransferState.ARRIVED and transfer.parcel_id not in closed


def _results(desk_id: int) -> Select[Parcel]:
    gone = select(Transfer.id).where(Transfer.parcel_id == Parcel.id).exists()
    return (
        select(Parcel)
        .join(Dossier, Dossier.id == Parcel.dossier_id)
        .where(
            Parcel.purpose == ParcelPurpose.RESULT,
            Parcel.holder == Holder.DESK,
            Parcel.holder_id == str(desk_id),
            Dossier.competent_desk_id == desk_id,
            Dossier.desk_id != desk_id,
            ~gone,
        )
        .order_by(Parcel.code)
        .options(
            joinedload(Parcel.dossier).joinedload(Dossier.desk),
            joinedload(Parcel.dossier).joinedload(Dossier.procedure),
        )
    )


def transfer_of_order(session: Session, order: CarrierOrder) -> Transfer | None:
    """The transfer whose envelope the order is for: the last that was wanted before it; None for an errand's."""
    if order.purpose != OrderPurpose.TRANSFER or order.parcel_id is None:
        return None
    mine = (Transfer.parcel_id == order.parcel_id, Transfer.wanted_at <= order.created_at)
    return session.scalars(select(Transfer).where(*mine).order_by(Transfer.wanted_at.desc()).limit(1)).first()
